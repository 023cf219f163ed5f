import { AsyncLocalStorage } from 'node:async_hooks'
import type { TracingLog } from './tracing-config.ts'

interface Result {
  /** 0: success. */
  code: number
  error?: Error
}

interface Exporter<Spans extends unknown[]> {
  export(spans: Spans, done: (result: Result) => void): void
  shutdown(): Promise<void>
  forceFlush?(): Promise<void>
}

/**
 * Returns an exporter that logs the first failure after a success, and the first success after failures, with the
 * number of spans lost meanwhile. Messages and responses of the collector are not logged: they can repeat a header.
 */
export function loggedOnce<Spans extends unknown[]>(
  to: Exporter<Spans>,
  url: string,
  log: TracingLog,
): Exporter<Spans> {
  let lost = 0
  // The exporter's timers are set during calls and steps, whose ids would be in these lines.
  const outside = AsyncLocalStorage.snapshot()
  const ended = (count: number, { code, error }: Result) => {
    if (code === 0) {
      if (lost > 0) log.info({ collector: url, lost }, 'spans are exported again')
      lost = 0
      return
    }
    if (lost === 0) log.warn({ collector: url, reason: reasonOf(error) }, 'spans cannot be exported and are lost')
    lost += count
  }
  return {
    export(spans, done) {
      const { length } = spans
      to.export(spans, (result) => {
        outside(ended, length, result)
        // What calls this would report each failure.
        done({ code: 0 })
      })
    },
    shutdown: () => to.shutdown(),
    ...(to.forceFlush ? { forceFlush: () => to.forceFlush!() } : {}),
  }
}

/** Returns the HTTP status or the code of the network error. */
function reasonOf(error: Error | undefined): string {
  const code = (error as { code?: unknown } | undefined)?.code
  if (typeof code === 'number') return `HTTP ${code}`
  return typeof code === 'string' ? code : (error?.name ?? 'unknown')
}
