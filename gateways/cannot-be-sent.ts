/** Node's error codes for a request that cannot be sent because of its headers or address. */
const codes = new Set([
  'ERR_INVALID_CHAR',
  'ERR_HTTP_INVALID_HEADER_VALUE',
  'ERR_UNESCAPED_CHARACTERS',
  'ERR_INVALID_URL',
  'ERR_INVALID_PROTOCOL',
])

interface Wrapped {
  code?: unknown
  /** axios and vendors' SDKs store the wrapped error in these fields. */
  cause?: unknown
  detail?: unknown
}

/**
 * Returns whether a request was never sent because a key or another header has characters that HTTP does not allow.
 * This is not an outage of the gateway: only an operator can fix it.
 */
export function cannotBeSent(error: unknown, depth = 3): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) return false
  const { code, cause, detail } = error as Wrapped
  return codes.has(String(code)) || cannotBeSent(cause, depth - 1) || cannotBeSent(detail, depth - 1)
}
