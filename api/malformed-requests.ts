import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'

// Node rejects what is not valid HTTP before the app sees it. These responses have the app's headers, too.

const messages = {
  400: 'the request is not valid HTTP',
  408: 'the request did not arrive in time',
  413: 'the extensions of a chunk are too large',
  417: 'the value of Expect is not supported',
  431: 'the headers are too large',
  500: 'the request could not be processed',
}
type Status = keyof typeof messages

const codes: Partial<Record<Status, string>> = { 413: 'too_large', 431: 'too_large', 500: 'internal' }

/** Node's own statuses for its errors, besides 400. */
const statuses: Record<string, Status> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

type Headers = Record<string, string>

/** Returns the body and the headers of a response after which the connection is closed. */
function refusal(status: Status, always: Headers): { body: string; headers: Headers } {
  const error = { code: codes[status] ?? 'invalid_request', message: messages[status] }
  const body = JSON.stringify({ error })
  const length = String(Buffer.byteLength(body))
  return {
    body,
    headers: { ...always, 'Content-Type': 'application/json', 'Content-Length': length, Connection: 'close' },
  }
}

/** Returns the response to a request that cannot be passed to the app. `always`: the headers of every response. */
export function refuse(status: Status, always: Headers): Response {
  const { body, headers } = refusal(status, always)
  return new Response(body, { status, headers })
}

function send(outgoing: ServerResponse, status: Status, always: Headers): void {
  const { body, headers } = refusal(status, always)
  outgoing.writeHead(status, headers).end(body)
}

/** Requires a Host of HTTP/1.1 (RFC 9112, section 3.2). HTTP/1.0 has none: load balancers probe with it. */
export const requireHost =
  (listener: RequestListener, always: Headers): RequestListener =>
  (incoming, outgoing) => {
    if (incoming.headers.host === undefined && incoming.httpVersion !== '1.0') send(outgoing, 400, always)
    else listener(incoming, outgoing)
  }

/** As Node's own handler of `clientError` reads it: the response that a connection is sending. */
type Connection = Duplex & { _httpMessage?: ServerResponse | null }

/** Responds to requests that Node cannot parse, or whose `Expect` it does not support. */
export function answerMalformed(server: Server, always: Headers): void {
  server.on('checkExpectation', (_incoming: IncomingMessage, outgoing: ServerResponse) => send(outgoing, 417, always))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Connection) => {
    // The client would read it as a part of the response that has begun.
    const hasBegun = socket._httpMessage?.headersSent ?? false
    if (socket.writable && !hasBegun) socket.write(asText(statuses[error.code ?? ''] ?? 400, always))
    socket.destroy(error)
  })
}

function asText(status: Status, always: Headers): string {
  const { body, headers } = refusal(status, always)
  const lines = Object.entries({ ...headers, Date: new Date().toUTCString() }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n')
}
