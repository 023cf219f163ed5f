import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener, RequestError, type serve } from '@hono/node-server'
import { whyNotListening } from '../runtime/http/not-listening.ts'
import { headersOfAll } from './answer-headers.ts'
import { holdingCalls } from './call/held.ts'
import { answerMalformed, refuse, requireHost } from './malformed-requests.ts'

type Options = Pick<Parameters<typeof serve>[0], 'fetch'> & {
  port: number
  hostname: string
  /**
   * Seconds for which a connection may stay idle. Must exceed the timeout of proxies (nginx and AWS load balancers:
   * 60): if a connection closes while a proxy sends a request on it, the request fails with 502.
   */
  keepAlive: number
  /** See `headersOfAll`. */
  hstsSeconds?: number | undefined
}

export interface Serving {
  server: Server
  /** Resolves to the port. Rejects with a one-sentence error if the address cannot be used. */
  listening: Promise<number>
  /**
   * Accepts calls for another `pause` milliseconds, with `Connection: close` in each response. Then closes the port and
   * resolves once the running calls have ended. Connections on which nothing arrives within a second are cut.
   */
  drain(pause: number): Promise<void>
}

/** Serves the API. */
export function serveApi({ fetch, port, hostname, keepAlive, hstsSeconds }: Options): Serving {
  const headers = headersOfAll(hstsSeconds)
  const listener = getRequestListener(holdingCalls(fetch as never), {
    hostname,
    errorHandler: (error) => refuse(error instanceof RequestError ? 400 : 500, headers),
  })
  const server = createServer({ requireHostHeader: false }, requireHost(listener, headers))
  answerMalformed(server, headers)
  const connections = connectionsOf(server)
  const listening = new Promise<number>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(whyNotListening(error, hostname, port))))
    server.listen(port, hostname, () => resolve((server.address() as AddressInfo).port))
  })
  server.keepAliveTimeout = keepAlive * 1_000
  // Node closes a connection whose next headers are late, which must not happen to an idle one.
  server.headersTimeout = server.keepAliveTimeout + 5_000
  return {
    server,
    listening,
    async drain(pause) {
      server.prependListener('request', (_, answer) => void answer.setHeader('Connection', 'close'))
      await new Promise((resolve) => setTimeout(resolve, pause))
      const closed = new Promise((resolve) => server.close(resolve))
      const timer = setTimeout(() => {
        for (const connection of connections) if (connection.bytesRead === 0) connection.destroy()
      }, arrivalTime)
      await closed
      clearTimeout(timer)
    },
  }
}

/** Milliseconds in which the first bytes of a call arrive on a connection that was just opened. */
const arrivalTime = 1_000

/** The open connections. Node closes those that idle after a call, and waits for those that were opened in advance. */
function connectionsOf(server: Server): Set<Socket> {
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  return connections
}
