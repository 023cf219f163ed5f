import { setTimeout as sleep } from 'node:timers/promises'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { conflict, Failure } from '../../../../domain/failure/failures.ts'
import { payloadOf } from '../../../../domain/webhooks/payload.ts'
import type { Endpoint } from '../../../../store/webhooks/find-endpoints.ts'
import { acknowledge, leaseDeliveries, recordPull, type Pulled } from '../../../../store/webhooks/deliveries/pull.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { requireStillValid } from '../../../call/guards.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { countInQuery } from '../../../schemas/query-fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { time } from '../../../schemas/lists.ts'
import { webhookEvent } from '../../../schemas/webhook-payload.ts'
import { door, guards, nativeRefusals, security } from '../door.ts'
import { endpointParams as params, endpointTags, requireEndpoint, requireEventsScope } from './endpoints.ts'

const mostPulled = 100
/** Seconds. A call takes at most 15. */
const longestWait = 10
/** Milliseconds between two reads of the deliveries. */
const lookEvery = 250

const pullQuery = z.strictObject({
  limit: countInQuery(1, mostPulled).default(mostPulled),
  wait_seconds: countInQuery(0, longestWait)
    .default(0)
    .openapi({ description: 'How long to wait for the first event if there is none' }),
  lease_seconds: countInQuery(1, 3_600)
    .default(60)
    .openapi({ description: 'How long no other pull returns these events. After that, they are returned again' }),
})
const pulledView = z
  .object({
    data: z.array(webhookEvent).openapi({ description: 'Bodies of webhooks, in the order of each billing customer' }),
    leased_until: time.nullable().openapi({ description: 'Null if there is no event' }),
  })
  .openapi('PulledEvents')
const acknowledgeRequest = z
  .strictObject({
    event_ids: z
      .array(z.string().max(64, 'must have at most 64 characters'))
      .min(1, 'must have at least one entry')
      .max(mostPulled, `must have at most ${mostPulled} entries`)
      .openapi({ example: ['evt_01k2…'] }),
  })
  .openapi('AcknowledgeEvents')
const acknowledgedView = z
  .object({
    acknowledged: z.int().openapi({ description: 'The number of events that were pulled and not yet acknowledged' }),
  })
  .openapi('AcknowledgedEvents')

/** Fetches and acknowledges the events of pull endpoints. */
export function addPulling(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: endpointTags, security }
  const pull = createRoute({
    ...common,
    middleware: guards(d, 'webhook_endpoints:write', { query: true }),
    method: 'get',
    path: '/v1/webhook_endpoints/{id}/pull',
    operationId: 'pullEvents',
    summary: 'Fetch events of a pull endpoint',
    description:
      'Acknowledge them once they are processed. The events of a billing customer come in order: while one is ' +
      'leased, the later ones wait. Also requires the scope events:read.',
    request: { params, query: pullQuery },
    responses: { 200: json(pulledView), ...nativeRefusals },
  })
  app.openapi(pull, async (c) => {
    // A HEAD request runs this handler too, and its response would not contain the events that it leased.
    if (c.req.method === 'HEAD') {
      c.header('Allow', 'GET')
      throw new Failure('method_not_allowed', 'the path supports GET and not HEAD')
    }
    const caller = c.get('caller')
    requireEventsScope(caller, 'events are pulled')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    checkPull(endpoint)
    if (endpoint.status === 'disabled') throw conflict('endpoint_disabled', 'id', 'is disabled; enable it first')
    const { limit, wait_seconds, lease_seconds: leaseSeconds } = c.req.valid('query')
    await recordPull(d.database, endpoint.id)
    const lease = async () => {
      await requireStillValid(d, c, door)
      return leaseDeliveries(d.database, endpoint.id, { limit, leaseSeconds })
    }
    const isOver = () => c.req.raw.signal.aborted || d.isDraining()
    const pulled = await d.state.waitingCalls.run(caller.organizationId, (mayWait) =>
      pullWithin(lease, { seconds: mayWait ? wait_seconds : 0, isOver }),
    )
    const data = pulled.events.map((event) => JSON.parse(payloadOf(event)) as z.input<typeof webhookEvent>)
    return c.json({ data, leased_until: pulled.leasedUntil?.toISOString() ?? null }, 200)
  })

  const ack = createRoute({
    ...common,
    middleware: guards(d, 'webhook_endpoints:write'),
    method: 'post',
    path: '/v1/webhook_endpoints/{id}/ack',
    operationId: 'acknowledgeEvents',
    summary: 'Acknowledge pulled events, so that they are not returned again',
    request: { params, body: jsonBody(acknowledgeRequest) },
    responses: { 200: json(acknowledgedView), ...nativeRefusals },
  })
  app.openapi(ack, async (c) => {
    const endpoint = await requireEndpoint(d, c.get('caller'), c.req.valid('param').id)
    checkPull(endpoint)
    const acknowledged = await acknowledge(d.database, endpoint.id, c.req.valid('json').event_ids)
    return c.json({ acknowledged }, 200)
  })
}

function checkPull({ kind }: Endpoint): void {
  if (kind === 'push') throw conflict('push_endpoint', 'id', 'is a push endpoint: its events are sent to its URL')
}

/** Pulls until there is an event, the time has passed, or the client has disconnected. */
async function pullWithin(
  pull: () => Promise<Pulled>,
  { seconds, isOver }: { seconds: number; isOver: () => boolean },
): Promise<Pulled> {
  const until = Date.now() + seconds * 1_000
  for (;;) {
    const pulled = await pull()
    const left = until - Date.now()
    if (pulled.events.length > 0 || left <= 0) return pulled
    await sleep(Math.min(lookEvery, left))
    if (isOver()) return pulled
  }
}
