import type { TryError } from '../domain/webhooks/post.ts'

/** A connection that was not opened. Has no message, because those of libraries contain addresses. */
export class ConnectFailure extends Error {
  readonly reason: TryError

  constructor(reason: TryError) {
    super(reason)
    this.reason = reason
  }
}

const reasons: Readonly<Record<string, TryError>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  EACCES: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '')

/** Returns why a connection was not opened. Errors that are neither network errors nor timeouts come from TLS. */
export function connectReason(error: unknown, secure: boolean): TryError {
  if (error instanceof ConnectFailure) return error.reason
  return reasons[codeOf(error)] ?? (secure ? 'tls' : 'refused')
}

/** Our own errors: an invalid header, or connections that we closed. They are not failures of the receiver. */
const ours = ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED']

/** Returns why a request had no valid response. Throws an Error with only the code if the error is ours. */
export function requestReason(error: unknown): TryError {
  if (error instanceof ConnectFailure) return error.reason
  const code = codeOf(error)
  if (ours.includes(code) || error instanceof TypeError) throw new Error(`the request could not be made (${code})`)
  // The connection was reset, or undici closed it because of what it read (a protocol switch, 100 Continue).
  if (code === 'UND_ERR_SOCKET') return /^bad /.test((error as Error).message) ? 'bad_response' : 'reset'
  return reasons[code] ?? 'bad_response'
}
