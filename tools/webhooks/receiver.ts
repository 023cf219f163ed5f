import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request of a delivery, as it arrived. */
export interface Arrival {
  eventId: string
  /** Null for an event that is not about a billing customer. */
  customer: string | null
  sequence: number | null
  /** Milliseconds since the epoch. */
  at: number
  accepted: boolean
}

/** What a receiver does with a request, which arrived for the nth time: a status, after a delay, or a reset. */
export type Reply = { status: number; delay?: number } | 'reset'
export type Behavior = (eventId: string, nth: number) => Reply

export interface Receiver {
  url: string
  /** All requests, in the order in which they arrived. */
  arrivals: Arrival[]
  close(): Promise<void>
}

/** Starts a receiver of webhooks on loopback that records what arrives. */
export async function startReceiver(behave: Behavior): Promise<Receiver> {
  const arrivals: Arrival[] = []
  const times = new Map<string, number>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const at = Date.now()
      const { id, sequence, data } = JSON.parse(Buffer.concat(chunks).toString()) as {
        id: string
        sequence: number | null
        data: { billing_customer_id?: string }
      }
      const nth = 1 + (times.get(id) ?? 0)
      times.set(id, nth)
      const reply = behave(id, nth)
      const accepted = reply !== 'reset' && reply.status < 300
      arrivals.push({ eventId: id, customer: data.billing_customer_id ?? null, sequence, at, accepted })
      if (reply === 'reset') return request.socket.destroy()
      if (reply.delay) await sleep(reply.delay)
      response.writeHead(reply.status).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    arrivals,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A number from 0 to 99 that depends on the event alone. */
export const hundredth = (eventId: string): number =>
  [...eventId].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9_973, 7) % 100

export interface Received {
  /** Events that arrived, each once. */
  first: Arrival[]
  duplicates: number
  /** Events that arrived first after a later one of their billing customer. */
  misordered: string[]
}

/** Sorts out what arrived at a receiver. */
export function received(arrivals: readonly Arrival[]): Received {
  const seen = new Set<string>()
  const highest = new Map<string, number>()
  const first: Arrival[] = []
  const misordered: string[] = []
  for (const arrival of arrivals) {
    const { eventId, customer, sequence } = arrival
    if (seen.has(eventId)) continue
    seen.add(eventId)
    first.push(arrival)
    if (customer === null || sequence === null) continue
    if (sequence < (highest.get(customer) ?? 0)) misordered.push(eventId)
    else highest.set(customer, sequence)
  }
  return { first, duplicates: arrivals.length - first.length, misordered }
}
