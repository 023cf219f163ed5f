import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { requestEnded } from '../../metrics/http.ts'
import type { Logger } from '../../runtime/log.ts'
import type { CallEnv } from './call-env.ts'
import { heldOf } from './held.ts'

/** Requested every few seconds by load balancers. */
const probes = ['/healthz', '/readyz']

/** Returns the id of a call: the one in its `X-Request-Id`, its log lines and its error. */
export const requestIdOf = (c: Context): string => (c.get('requestId') as string | undefined) ?? newRequestId()

const newRequestId = () => `req_${randomUUID()}`

/**
 * Gives each call an id, returns it as `X-Request-Id`, and writes one log line at `info` (probes at `debug`). The line
 * has the route's pattern, but never the path, query or body, which can contain tokens and personal data.
 */
export const accessLog =
  (log: Logger): MiddlewareHandler<{ Variables: Partial<CallEnv['Variables']> }> =>
  async (c, next) => {
    const began = performance.now()
    const requestId = newRequestId()
    c.set('requestId', requestId)
    // Set before the response exists: adding a header later turns its body into a stream.
    c.header('X-Request-Id', requestId)
    await next()
    // It runs again after its wait.
    if (heldOf(c).wait) return
    const route = routePath(c)
    const caller = c.get('caller')
    const ms = performance.now() - began
    const { method } = c.req
    const { status } = c.res
    requestEnded({ method, route, status, seconds: ms / 1_000 })
    const line = {
      request_id: requestId,
      method,
      route,
      status,
      ms: Math.round(ms * 10) / 10,
      ...(caller ? { organization: caller.organizationId, environment: caller.environment } : {}),
    }
    if (probes.includes(route)) log.debug(line, 'request')
    else log.info(line, 'request')
  }
