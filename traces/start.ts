import type { Program, TracingConfig } from './tracing-config.ts'
import { setTracer } from './tracing.ts'

/** Milliseconds that the end of a program waits for a collector. */
const longestFlush = 3_000

/**
 * Turns the export of spans on if it is configured. Returns a function that exports what is left, waits at most 3
 * seconds for it, and turns it off.
 */
export async function startTracing(config: TracingConfig | undefined, program: Program): Promise<() => Promise<void>> {
  if (!config) return async () => {}
  const { createTracer } = await import('./otlp.ts')
  const tracer = createTracer({ ...config, ...program })
  setTracer(tracer)
  return async () => {
    setTracer(undefined)
    const limit = new Promise<void>((resolve) => setTimeout(resolve, longestFlush).unref())
    await Promise.race([tracer.stop().catch(() => {}), limit])
  }
}
