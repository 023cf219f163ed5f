/** How Node refuses a request before it leaves this process: what is in a header or the address cannot be sent. */
const codes = new Set([
  'ERR_INVALID_CHAR',
  'ERR_HTTP_INVALID_HEADER_VALUE',
  'ERR_UNESCAPED_CHARACTERS',
  'ERR_INVALID_URL',
  'ERR_INVALID_PROTOCOL',
])

interface Wrapped {
  code?: unknown
  /** Where axios and the Stripe SDK keep the error that they wrap. */
  cause?: unknown
  detail?: unknown
}

/**
 * Returns whether an error means that nothing left this process, as a key or another header has characters that HTTP
 * does not allow: no outage of the gateway's, and only an operator can correct it.
 */
export function cannotBeSent(error: unknown, depth = 3): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) return false
  const { code, cause, detail } = error as Wrapped
  return codes.has(String(code)) || cannotBeSent(cause, depth - 1) || cannotBeSent(detail, depth - 1)
}
