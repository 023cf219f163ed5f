import type { Server } from 'node:http'
import { serve, type ServerType } from '@hono/node-server'

type Options = Pick<Parameters<typeof serve>[0], 'fetch'> & { port: number; hostname: string }

/**
 * Milliseconds for which a connection may stay idle. Longer than the 60 seconds of nginx and of AWS load balancers: a
 * connection that closes in the moment in which a proxy sends a request on it costs that request (502).
 */
const keepAliveTimeout = 75_000

/** Serves the API; `ready` is told the port. */
export function serveApi({ fetch, port, hostname }: Options, ready: (port: number) => void): Server {
  const server: ServerType = serve({ fetch, port, hostname }, (address) => ready(address.port))
  return Object.assign(server as Server, { keepAliveTimeout })
}
