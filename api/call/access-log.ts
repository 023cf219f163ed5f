import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler, Next } from 'hono'
import { routePath } from 'hono/route'
import { requestEnded } from '../../metrics/http.ts'
import { isIdOf } from '../../domain/text/ids.ts'
import type { Logger } from '../../runtime/log.ts'
import { logFields, withLogFields, type LogFields } from '../../runtime/log-context.ts'
import { idAttributes } from '../../traces/ids.ts'
import { inSpan, type Span } from '../../traces/tracing.ts'
import type { CallEnv } from './call-env.ts'
import { heldOf } from './held.ts'
import { endCallSpan, startCallSpan, traceOf } from './trace-context.ts'

/** Requested every few seconds by load balancers. */
const probes = ['/healthz', '/readyz']

/** Returns the id of a call: the one in its `X-Request-Id`, its log lines and its error. */
export const requestIdOf = (c: Context): string => (c.get('requestId') as string | undefined) ?? newRequestId()

const newRequestId = () => `req_${randomUUID()}`

/** Kinds of objects that paths name, and the field of log lines for each. */
const named = { customer: 'customer', billingCustomer: 'billing_customer', charge: 'charge' } as const

/** Returns the ids of ours that a path names. Anything else in it can be a caller's word or a token. */
function idsIn(path: string): LogFields {
  const fields: LogFields = {}
  for (const part of path.split('/'))
    for (const [kind, field] of Object.entries(named) as [keyof typeof named, keyof LogFields][])
      if (isIdOf(kind, part)) fields[field] = part
  return fields
}

/**
 * Gives each call an id and a trace, returns them as `X-Request-Id` and `traceparent`, and writes one log line at
 * `info` (probes at `debug`). All lines of the call have both, and the ids in its path. The line has the route's
 * pattern, but never the path, query or body, which can contain tokens and personal data.
 */
export const accessLog =
  (log: Logger): MiddlewareHandler<{ Variables: Partial<CallEnv['Variables']> }> =>
  (c, next) => {
    const requestId = newRequestId()
    const span = spanOf(c)
    const { traceId, traceparent } = span ?? traceOf(c.req.header('traceparent'))
    c.set('requestId', requestId)
    // Set before the response exists: adding a header later turns its body into a stream.
    c.header('X-Request-Id', requestId)
    c.header('traceparent', traceparent)
    const run = () => timed(log, c, next, span)
    return withLogFields({ request_id: requestId, trace_id: traceId, ...idsIn(c.req.path) }, () =>
      span ? inSpan(span, run) : run(),
    )
  }

/** Returns the span of a call: the one that it began with if it waited. Undefined for probes, and if tracing is off. */
function spanOf(c: Context): Span | undefined {
  const { span } = heldOf(c)
  return span ?? (probes.includes(c.req.path) ? undefined : startCallSpan(c.req.method, c.req.header('traceparent')))
}

async function timed(log: Logger, c: Context, next: Next, span: Span | undefined): Promise<void> {
  const began = performance.now()
  await next()
  // It runs again after its wait.
  if (heldOf(c).wait) return void (heldOf(c).span = span)
  const route = routePath(c)
  const ms = performance.now() - began
  const { method } = c.req
  const { status } = c.res
  requestEnded({ method, route, status, seconds: ms / 1_000 })
  if (span) endCallSpan(span, { method, route, status }, idAttributes(logFields()))
  const line = { request_id: requestIdOf(c), method, route, status, ms: Math.round(ms * 10) / 10 }
  if (probes.includes(route)) log.debug(line, 'request')
  else log.info(line, 'request')
}
