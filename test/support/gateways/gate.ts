import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from '../until.ts'

/** A call that is held before the gateway receives it, or after the gateway has executed it. */
export interface Held {
  reached(): Promise<void>
  /** Releases the call. Resolves when the caller has the response or has given up. */
  release(): Promise<void>
}

interface Hold {
  call: string
  when: 'before' | 'after'
  reached: boolean
  released: Promise<void>
  release: () => void
  done: Promise<void>
  finish: () => void
}

/** A proxy between one worker and a gateway that holds selected calls. Held calls always arrive, even late. */
export class Gate {
  readonly url: string
  private readonly holds: Hold[] = []
  private readonly server: Server

  private constructor(server: Server) {
    this.server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async open(target: string): Promise<Gate> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const gate = new Gate(server)
    server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      void gate.pass(target, incoming, outgoing).catch(() => outgoing.destroy())
    })
    return gate
  }

  /** Holds the first call whose idempotency key starts with this, or, without a key, whose method and path do. */
  hold(call: string, when: 'before' | 'after'): Held {
    const [released, release] = gateOf()
    const [done, finish] = gateOf()
    const hold: Hold = { call, when, reached: false, released, release, done, finish }
    this.holds.push(hold)
    return {
      reached: () => until(() => hold.reached, Boolean, 90_000).then(() => {}),
      release: () => {
        hold.release()
        return hold.done
      },
    }
  }

  private async pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const closed = new Promise((resolve) => outgoing.on('close', resolve))
    const body = await read(incoming)
    const key = incoming.headers['idempotency-key'] ?? incoming.headers['paypal-request-id']
    const name = String(key ?? `${incoming.method} ${incoming.url}`)
    const hold = this.holds.find(({ call, reached }) => !reached && name.startsWith(call))
    if (hold) hold.reached = true
    if (hold?.when === 'before') await hold.released
    const answer = await forward(target, incoming, body)
    if (hold?.when === 'after') await hold.released
    outgoing.writeHead(answer.status, answer.headers).end(answer.body)
    await closed
    hold?.finish()
  }

  async close(): Promise<void> {
    for (const hold of this.holds) hold.release()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

function gateOf(): [Promise<void>, () => void] {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return [opened, open]
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function forward(target: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(
      new URL(url!, target),
      { method, headers: { ...headers, host: new URL(target).host } },
      resolve,
    )
    sent.on('error', reject)
    sent.end(body)
  })
  return { status: response.statusCode!, headers: response.headers, body: await read(response) }
}
