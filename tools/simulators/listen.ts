import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, Hono } from 'hono'

export type SimulatorApp = Hono<{ Bindings: HttpBindings }>
export type SimulatorContext = Context<{ Bindings: HttpBindings }>

/** Serves a simulator on the loopback interface. Without `port`, uses any free port. */
export async function listen(app: SimulatorApp, port = 0): Promise<{ url: string; close(): Promise<void> }> {
  const server = await new Promise<Server>((resolve, reject) => {
    const made = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(made as Server)) as Server
    made.on('error', reject)
  })
  // Idle connections stay open: a call fails if its connection closes while it is sent.
  server.keepAliveTimeout = 75_000
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Sends no response, and waits until the caller closes the connection. */
export async function holdUntilGivenUp(c: SimulatorContext): Promise<Response> {
  await new Promise((resolve) => c.env.outgoing.on('close', resolve))
  return RESPONSE_ALREADY_SENT
}

/** Resets the connection. */
export function cut(c: SimulatorContext): Response {
  c.env.incoming.socket.resetAndDestroy()
  return RESPONSE_ALREADY_SENT
}
