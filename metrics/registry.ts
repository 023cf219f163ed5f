import { collectDefaultMetrics, Registry } from 'prom-client'

// The metrics of this process. docs/metrics.md lists them. No label has an id, a name or a text of a caller: only words
// of fixed lists, so that the number of series is bounded and no personal data leaves the process.

export const registry = new Registry()

/** Starts to measure the process itself: CPU, memory, event loop, garbage collection. */
export const measureProcess = (): void => collectDefaultMetrics({ register: registry })

/** Upper bounds of histograms in seconds: from a statement to a call that almost times out. */
export const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40]
