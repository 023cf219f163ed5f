import { randomBytes } from 'node:crypto'

/** The trace that a call belongs to (W3C Trace Context). */
export interface TraceContext {
  traceId: string
  /** The response's `traceparent`, which names this call. */
  traceparent: string
}

const zeros = /^0+$/
// A later version may have more fields, which are passed over (section 4.3 of the recommendation).
const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/**
 * Returns the trace of a call: that of its `traceparent` if it is valid, otherwise a new one. It is only an id in log
 * lines, so anyone may name one.
 */
export function traceOf(traceparent: string | undefined): TraceContext {
  const [, version = 'ff', given = '0', parent = '0', flags = '00', more] = shape.exec(traceparent ?? '') ?? []
  const isValid = version !== 'ff' && !zeros.test(given) && !zeros.test(parent) && !(version === '00' && more)
  const traceId = isValid ? given : randomBytes(16).toString('hex')
  const sampled = isValid ? (Number.parseInt(flags, 16) & 1).toString().padStart(2, '0') : '00'
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${sampled}` }
}
