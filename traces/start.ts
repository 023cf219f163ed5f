import type { Program, TracingConfig } from './tracing-config.ts'
import { setTracer } from './tracing.ts'

/** Milliseconds that the end of a program waits for a collector. */
const longestFlush = 3_000

const withoutEffect = 'these variables of OpenTelemetry are set and have no effect: see Traces in docs/operations.md'

/**
 * Turns the export of spans on if it is configured, and logs which variables have no effect. Returns a function that
 * exports what is left, waits at most 3 seconds for it, and turns it off.
 */
export async function startTracing(config: TracingConfig | undefined, program: Program): Promise<() => Promise<void>> {
  const { log, unreadVariables = [] } = program
  if (unreadVariables.length > 0) log.warn({ variables: unreadVariables }, withoutEffect)
  if (!config) return async () => {}
  // OpenTelemetry's exporter would read some of them, and nothing has checked their values.
  for (const name of unreadVariables) delete process.env[name]
  const { createTracer } = await import('./otlp.ts')
  const tracer = createTracer({ ...config, ...program })
  setTracer(tracer)
  return async () => {
    setTracer(undefined)
    const limit = new Promise<void>((resolve) => setTimeout(resolve, longestFlush).unref())
    await Promise.race([tracer.stop().catch(() => {}), limit])
  }
}
