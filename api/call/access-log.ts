import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Logger } from '../../runtime/log.ts'
import type { CallEnv } from './call-env.ts'

/** Asked every few seconds by load balancers. */
const probes = ['/healthz', '/readyz']

/** Returns the id of a call: the one in its `X-Request-Id`, its log lines and its error. */
export const requestIdOf = (c: Context): string => (c.get('requestId') as string | undefined) ?? newRequestId()

const newRequestId = () => `req_${randomUUID()}`

/**
 * Gives each call an id, answers it as `X-Request-Id`, and writes one line to the log at `info` (probes at `debug`):
 * the pattern of its route and never its path, query or body, which can hold tokens and personal data.
 */
export const accessLog =
  (log: Logger): MiddlewareHandler<{ Variables: Partial<CallEnv['Variables']> }> =>
  async (c, next) => {
    const began = performance.now()
    const requestId = newRequestId()
    c.set('requestId', requestId)
    // Before the answer is made: a header that is added to it later makes a stream of its body.
    c.header('X-Request-Id', requestId)
    await next()
    const route = routePath(c)
    const caller = c.get('caller')
    const line = {
      request_id: requestId,
      method: c.req.method,
      route,
      status: c.res.status,
      ms: Math.round((performance.now() - began) * 10) / 10,
      ...(caller ? { organization: caller.organizationId, environment: caller.environment } : {}),
    }
    if (probes.includes(route)) log.debug(line, 'request')
    else log.info(line, 'request')
  }
