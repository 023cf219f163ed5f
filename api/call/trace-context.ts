import { randomBytes } from 'node:crypto'
import { startSpan, type Span } from '../../traces/tracing.ts'

/** The trace that a call belongs to (W3C Trace Context). */
export interface TraceContext {
  traceId: string
  /** The response's `traceparent`, which names this call. */
  traceparent: string
}

const zeros = /^0+$/
// A later version may have more fields, which are passed over (section 4.3 of the recommendation).
const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

interface Parent {
  traceId: string
  spanId: string
  /** `01` if the caller exports the trace, otherwise `00`. */
  sampled: string
}

/** Returns what a `traceparent` names; undefined if it is absent or invalid. */
function parentIn(traceparent: string | undefined): Parent | undefined {
  const [, version = 'ff', traceId = '0', spanId = '0', flags = '00', more] = shape.exec(traceparent ?? '') ?? []
  if (version === 'ff' || zeros.test(traceId) || zeros.test(spanId) || (version === '00' && more)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1).toString().padStart(2, '0') }
}

/**
 * Returns the trace of a call: that of its `traceparent` if it is valid, otherwise a new one. Anyone may name one: it
 * is only an id in log lines.
 */
export function traceOf(traceparent: string | undefined): TraceContext {
  const { traceId, sampled } = parentIn(traceparent) ?? { traceId: randomBytes(16).toString('hex'), sampled: '00' }
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${sampled}` }
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Starts the span of a call, as a child of its `traceparent` if that is valid. Undefined while tracing is off. Its name
 * becomes that of the route once that is known; the path and the query can contain tokens and are never exported.
 */
export function startCallSpan(method: string, traceparent: string | undefined): Span | undefined {
  const parent = parentIn(traceparent)
  return startSpan({
    name: methodName(method),
    kind: 'server',
    attributes: { 'http.request.method': methods.has(method) ? method : '_OTHER' },
    parent: parent && `00-${parent.traceId}-${parent.spanId}-${parent.sampled}`,
  })
}

const methodName = (method: string) => (methods.has(method) ? method : 'HTTP')

/** Ends the span of a call. `ids` are those of its log lines. */
export function endCallSpan(
  span: Span,
  { method, route, status }: { method: string; route: string; status: number },
  ids: Record<string, string>,
): void {
  span.end({
    name: `${methodName(method)} ${route}`,
    attributes: { 'http.route': route, 'http.response.status_code': status, ...ids },
    // A call that was rejected is no failure of the server.
    error: status >= 500 ? String(status) : undefined,
  })
}
