import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'

/** What a load balancer in front of the API does: it takes turns over the processes that are ready. */
export interface Proxy {
  /** Resolves when the process behind this port has been ready for the last look. */
  untilReady(port: number): Promise<void>
  /** Requests that the proxy could not forward or whose response broke off, by cause. */
  failures: Record<string, number>
  close(): Promise<void>
}

interface Backend {
  port: number
  ready: boolean
}

/** Milliseconds without traffic after which the proxy closes a connection: less than the API keeps it open. */
const idleTimeout = 60_000

/**
 * Starts a proxy that shares requests among processes on this machine. If none is ready, it asks all of them.
 * `lookEvery`: milliseconds between two looks at a process.
 */
export async function startProxy(port: number, ports: number[], lookEvery = 500): Promise<Proxy> {
  const backends = ports.map((each): Backend => ({ port: each, ready: false }))
  const agent = new Agent({ keepAlive: true, timeout: idleTimeout })
  const failures: Proxy['failures'] = {}
  const noted = (cause: string) => (failures[cause] = (failures[cause] ?? 0) + 1)
  let turn = 0
  const candidates = (): Backend[] => {
    const ready = backends.filter((each) => each.ready)
    const list = ready.length > 0 ? ready : backends
    turn++
    return list.map((_, i) => list[(turn + i) % list.length]!)
  }
  const server = createServer((asked, answer) => {
    void bodyOf(asked).then((body) => {
      if (body) forward({ asked, answer, body, agent, noted }, candidates())
    })
  })
  // The clients of this proxy end their connections.
  server.keepAliveTimeout = 0
  const timer = setInterval(() => {
    for (const each of backends) void isReady(each.port).then((ready) => (each.ready = ready))
  }, lookEvery)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    failures,
    async untilReady(of) {
      const backend = backends.find((each) => each.port === of)!
      while (!backend.ready) await new Promise((resolve) => setTimeout(resolve, lookEvery))
    },
    async close() {
      clearInterval(timer)
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A process that does not say so within two seconds is not ready. */
const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.arrayBuffer()
      return response.ok
    },
    () => false,
  )

/** Returns the body of a request; undefined if its client is gone. */
async function bodyOf(asked: IncomingMessage): Promise<Buffer | undefined> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of asked) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } catch {
    return undefined
  }
}

interface Exchange {
  asked: IncomingMessage
  answer: ServerResponse
  body: Buffer
  agent: Agent
  noted(cause: string): void
}

/**
 * Forwards a request to the first process. If that does not accept the connection, nothing was sent, and the next one
 * gets it. Anything else is never sent twice: the client gets 502, or a response that breaks off.
 */
function forward(exchange: Exchange, [first, ...others]: Backend[]): void {
  const { asked, answer, body, agent, noted } = exchange
  const { method = 'GET', url: path = '/' } = asked
  const headers = { ...asked.headers, connection: 'keep-alive' }
  const sent = request({ host: '127.0.0.1', port: first!.port, method, path, headers, agent }, (received) => {
    const { statusCode, headers: all } = received
    // Whether this process keeps the connection does not concern the client.
    const shown = Object.entries(all).filter(([name]) => name !== 'connection' && name !== 'keep-alive')
    answer.writeHead(statusCode!, Object.fromEntries(shown))
    received.pipe(answer)
    received.on('error', (error) => {
      noted(codeOf(error))
      answer.destroy()
    })
  })
  answer.on('close', () => sent.destroy())
  sent.on('error', (error) => {
    if (answer.headersSent || answer.destroyed) return
    if (codeOf(error) === 'ECONNREFUSED' && others.length > 0) return forward(exchange, others)
    noted(`${codeOf(error)} ${method} ${path.split('?')[0]}`)
    answer.writeHead(502).end()
  })
  sent.end(body)
}

const codeOf = (error: Error) => (error as NodeJS.ErrnoException).code ?? error.name
