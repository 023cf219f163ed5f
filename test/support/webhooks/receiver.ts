import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived. */
export interface Arrived {
  headers: IncomingHttpHeaders
  /** The raw text. */
  text: string
  id: string
  type: string
  sequence: number | null
  data: Record<string, unknown>
  at: number
}

/** What the receiver does with a request: a status, with header fields, or nothing (`hang`), or a cut (`reset`). */
export type Reply = number | { status: number; headers: Record<string, string> } | 'hang' | 'reset'

export interface Receiver {
  url: string
  /** All requests, in the order in which they arrived. */
  arrived: Arrived[]
  /** The first arrival of each event. */
  first(): Arrived[]
  /** Changes what it does. */
  reply(next: (request: Arrived, nth: number) => Reply | Promise<Reply>): void
  close(): Promise<void>
}

/** Starts a server of an integrator on loopback. It accepts everything until it is told otherwise. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const arrived: Arrived[] = []
  let decide: (request: Arrived, nth: number) => Reply | Promise<Reply> = () => 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { id, type, sequence, data } = JSON.parse(text)
      const each: Arrived = { headers: request.headers, text, id, type, sequence, data, at: Date.now() }
      arrived.push(each)
      const nth = arrived.filter((other) => other.id === id).length
      void Promise.resolve(decide(each, nth)).then((reply) => {
        if (reply === 'hang') return
        if (reply === 'reset') return request.socket.resetAndDestroy()
        const { status, headers } = typeof reply === 'number' ? { status: reply, headers: {} } : reply
        response.writeHead(status, headers).end()
      })
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    arrived,
    first: () => [...new Map([...arrived].reverse().map((each) => [each.id, each])).values()].reverse(),
    reply: (next) => void (decide = next),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
