import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'

export interface ReceivedEvent {
  headers: IncomingHttpHeaders
  body: string
  /** The path at which the event arrived. */
  path: string
}

/** Starts a server that accepts every event and records it, with the path at which it arrived. */
export async function eventEndpoint() {
  const received: ReceivedEvent[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      received.push({ headers: request.headers, body, path: request.url ?? '' })
      response.writeHead(200).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}`, received, close: () => server.close() }
}
