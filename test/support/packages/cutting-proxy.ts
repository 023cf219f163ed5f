import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/**
 * What happens to a connection: cut once the service has received the request, once it has answered, or in the middle
 * of its answer; a function cuts the first when it resolves.
 */
export type Cut = 'after' | 'inside' | (() => Promise<void>)

/** A proxy before the API that cuts the first connections and passes the rest. */
export async function cuttingProxy(target: string, cuts: Cut[]) {
  const keys: (string | string[] | undefined)[] = []
  const statuses: number[] = []

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const cut = cuts.shift()
    keys.push(incoming.headers['idempotency-key'])
    const body = await buffer(incoming)
    const { method, headers, url } = incoming
    const sent = new Promise<IncomingMessage>((resolve, reject) =>
      request(`${target}${url}`, { method, headers }, resolve).on('error', reject).end(body),
    )
    if (typeof cut === 'function') {
      await cut()
      outgoing.destroy()
    }
    const answer = await sent
    const text = await buffer(answer)
    statuses.push(answer.statusCode!)
    if (cut === 'after') return void outgoing.destroy()
    outgoing.writeHead(answer.statusCode!, answer.headers)
    if (cut === 'inside') outgoing.write(text.subarray(0, 20), () => outgoing.destroy())
    else outgoing.end(text)
  }

  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing).catch(() => outgoing.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  /** `keys`: the idempotency keys of all attempts. `statuses`: those of the API's responses, including lost ones. */
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys, statuses }
}
