import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { notFound } from '../../../../domain/failure/failures.ts'
import { redeliverableStates } from '../../../../domain/webhooks/endpoint.ts'
import { findDelivery } from '../../../../store/webhooks/deliveries/list-deliveries.ts'
import { mostRedelivered, redeliverOne, redeliverRange } from '../../../../store/webhooks/deliveries/redeliver.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { createdId } from '../../../call/idempotency.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import * as fields from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { checkRange } from '../../../schemas/query-fields.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { deliveryParams } from './deliveries.ts'
import { deliveryView, viewDelivery } from './delivery-view.ts'
import { checkEnabled } from './endpoint-commands.ts'
import { typeList } from './endpoint-requests.ts'
import { checkTypes, endpointParams, endpointTags, requireEndpoint } from './endpoints.ts'

const instant = fields.instant()
const request = z
  .strictObject({
    from: instant.openapi({
      description: 'Start of the range. A time more than 30 days ago means 30 days ago',
    }),
    before: instant.optional().openapi({ description: 'End of the range, exclusive; default: now' }),
    states: z
      .array(z.enum(redeliverableStates, fields.mustBe(`one of ${redeliverableStates.join(', ')}`)))
      .min(1, 'must have at least one entry')
      .max(redeliverableStates.length, `must have at most ${redeliverableStates.length} entries`)
      .default(['failed', 'skipped']),
    types: typeList.optional().openapi({ description: 'Types of events, or groups such as charge.*; default: all' }),
    backfill: z
      .boolean()
      .default(false)
      .openapi({
        description:
          'Whether to send events, too, that the endpoint never got: from before it was created, or of types that it ' +
          'subscribes to since',
      }),
    cursor: z.string().min(1).max(100).optional().openapi({ description: 'The next_cursor of the previous call' }),
  })
  .openapi('RedeliverWebhooks', { example: { from: '2026-11-21T09:00:00Z', states: ['failed', 'skipped'] } })
const view = z
  .object({
    count: z.number().int().openapi({ description: 'The number of deliveries that are sent again', example: 812 }),
    next_cursor: z
      .string()
      .nullable()
      .openapi({
        description: `Null if nothing is left; otherwise repeat the call with it. One call sends ${mostRedelivered}`,
      }),
  })
  .openapi('Redelivery')

/** No event is from later, also if the database's clock is ahead. */
const latest = () => Date.now() + 60_000

/** Sends deliveries again. */
export function addRedelivery(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = {
    tags: endpointTags,
    security,
    middleware: guards(d, 'webhook_endpoints:write'),
    method: 'post' as const,
  }
  const one = createRoute({
    ...common,
    path: '/v1/webhook_endpoints/{id}/deliveries/{event_id}/redeliver',
    operationId: 'redeliverWebhook',
    summary: 'Send a delivery again, regardless of its state',
    description: 'It is sent with the same webhook-id. Its earlier attempts stay in the log.',
    request: { params: deliveryParams },
    responses: { 202: json(deliveryView, 'It will be sent'), ...nativeRefusals },
  })
  app.openapi(one, async (c) => {
    const caller = c.get('caller')
    const { id, event_id: eventId } = c.req.valid('param')
    const endpoint = await requireEndpoint(d, caller, id)
    checkEnabled(endpoint)
    await redeliverOne(d.database, endpoint, eventId, byApiKey(caller.id), createdId(c, 'event'))
    const delivery = await findDelivery(d.database, id, eventId)
    if (!delivery) throw notFound('Delivery')
    return c.json(viewDelivery(delivery), 202)
  })

  const range = createRoute({
    ...common,
    path: '/v1/webhook_endpoints/{id}/redeliver',
    operationId: 'redeliverWebhooks',
    summary: 'Send the deliveries of a period again',
    description:
      'By default those that failed or were skipped. They are sent in the order of their events, before what happens ' +
      'later.',
    request: { params: endpointParams, body: jsonBody(request) },
    responses: { 202: json(view, 'They will be sent'), ...nativeRefusals },
  })
  app.openapi(range, async (c) => {
    const caller = c.get('caller')
    const { states, types, backfill, cursor, ...asked } = c.req.valid('json')
    const { from } = asked
    const before = new Date(Math.min(asked.before?.getTime() ?? Infinity, latest()))
    checkRange(from, before, { from: 'from', before: 'before' })
    checkTypes(types ?? null)
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    checkEnabled(endpoint)
    const wanted = { from, before, states, types, backfill, cursor }
    const result = await redeliverRange(d.database, endpoint, wanted, byApiKey(caller.id), {
      id: createdId(c, 'event'),
    })
    return c.json({ count: result.count, next_cursor: result.nextCursor }, 202)
  })
}
