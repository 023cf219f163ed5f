import { AsyncLocalStorage } from 'node:async_hooks'

// Spans of calls, statements, gateway calls and steps (docs/decisions/0063). Nothing here imports OpenTelemetry: while
// tracing is off, none of its packages is loaded.

/**
 * Attributes of a span, where possible by the names of OpenTelemetry's semantic conventions. Never personal data,
 * paths, parameters of statements, or words of a caller. Undefined ones are omitted.
 */
export type Attributes = Record<string, string | number | boolean | undefined>

export interface SpanStart {
  name: string
  /** `consumer`: work that a call caused, and for which it does not wait. */
  kind: 'server' | 'client' | 'consumer'
  attributes: Attributes
  /** A span of this process, or the `traceparent` of another one. The default is the active span. */
  parent?: Span | string | undefined
}

export interface SpanEnd {
  /** Replaces the name that the span began with. */
  name?: string
  attributes?: Attributes
  /** Why the work failed (`error.type`): a word or code, never a message. */
  error?: string | undefined
}

/** Work that has begun. One that never ends is not exported. */
export interface Span {
  readonly traceId: string
  /** Names this span as a parent (W3C Trace Context). */
  readonly traceparent: string
  /** Whether it is exported: the sampler can omit a trace. */
  readonly isRecorded: boolean
  end(result?: SpanEnd): void
}

/** Creates spans and exports them. */
export interface Tracer {
  start(span: SpanStart & { parent: Span | string | undefined }): Span
  /** Exports what has ended, and stops. */
  stop(): Promise<void>
}

let tracer: Tracer | undefined
const active = new AsyncLocalStorage<Span>()

/** Turns tracing on, or off if undefined. A program does it before it opens anything (`traces/start.ts`). */
export function setTracer(chosen: Tracer | undefined): void {
  tracer = chosen
}

/** Returns whether spans are exported. */
export const isTracing = (): boolean => tracer !== undefined

/** Returns the span of the current call or step; undefined outside of one, and while tracing is off. */
export const activeSpan = (): Span | undefined => (tracer ? active.getStore() : undefined)

/** Starts a span. Returns undefined while tracing is off. */
export const startSpan = (span: SpanStart): Span | undefined =>
  tracer?.start({ ...span, parent: span.parent ?? active.getStore() })

/** Runs `work`, during which `span` is the active one. */
export const inSpan = <T>(span: Span, work: () => T): T => active.run(span, work)

/** Runs `work` in a span of its own, which fails with what `errorOf` returns for its error. */
export async function spanned<T>(start: SpanStart, errorOf: (error: unknown) => string, work: () => Promise<T>) {
  const span = startSpan(start)
  if (!span) return work()
  try {
    const result = await inSpan(span, work)
    span.end()
    return result
  } catch (error) {
    span.end({ error: errorOf(error) })
    throw error
  }
}
