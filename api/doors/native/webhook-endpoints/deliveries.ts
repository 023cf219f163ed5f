import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { eventTypes } from '../../../../domain/events/events.ts'
import { notFound } from '../../../../domain/failure/failures.ts'
import { deliveryStates } from '../../../../domain/webhooks/endpoint.ts'
import { payloadOf } from '../../../../domain/webhooks/payload.ts'
import { findEvent } from '../../../../store/events/list-events.ts'
import { readPayloadSource } from '../../../../store/webhooks/deliveries/deliveries.ts'
import {
  findDelivery,
  hasEndpointLog,
  listDeliveries,
  listDeliveriesOfEvent,
  listTries,
} from '../../../../store/webhooks/deliveries/list-deliveries.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { mustBe } from '../../../schemas/fields.ts'
import { idFilter } from '../../../schemas/query-fields.ts'
import { json } from '../../../schemas/json.ts'
import { createdQuery, pageOf, pageQuery, toList, toRange } from '../../../schemas/lists.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { deliveryView, deliveryWithTries, viewDelivery, viewTry } from './delivery-view.ts'
import { endpointParams, endpointTags, requireEventsScope } from './endpoints.ts'

export const deliveryParams = endpointParams.extend({
  event_id: z.string().min(1).max(64).openapi({ example: 'evt_01k2…' }),
})
const query = z.strictObject({
  ...pageQuery,
  ...createdQuery,
  state: z.enum(deliveryStates, mustBe(`one of ${deliveryStates.join(', ')}`)).optional(),
  type: z.enum(eventTypes, mustBe('a type of event, such as billing_customer.activated')).optional(),
  billing_customer_id: idFilter('billingCustomer').optional(),
})

/** The log of deliveries: what was sent where, and the responses of the receivers. */
export function addDeliveries(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: endpointTags, security, method: 'get' as const }
  const ofList = { ...common, middleware: guards(d, 'webhook_endpoints:read', { list: true, query: true }) }
  const page = pageOf(deliveryView, 'WebhookDeliveryList')
  const listing = createRoute({
    ...ofList,
    path: '/v1/webhook_endpoints/{id}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries to a webhook endpoint, newest event first',
    description: 'Deliveries are kept for 30 days, including those to a deleted endpoint.',
    request: { params: endpointParams, query },
    responses: { 200: json(page), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await hasEndpointLog(d.database, c.get('caller'), id))) throw notFound('Webhook endpoint')
    const { limit, cursor, state, type, billing_customer_id: billingCustomerId, ...range } = c.req.valid('query')
    const filter = { state, type, billingCustomerId, ...toRange(range) }
    return c.json(toList(await listDeliveries(d.database, id, filter, { limit, cursor }), viewDelivery), 200)
  })

  const ofEvent = createRoute({
    ...ofList,
    path: '/v1/events/{id}/deliveries',
    operationId: 'listEventDeliveries',
    summary: 'List the deliveries of an event, one for each webhook endpoint',
    request: { params: idParam('evt_01k2…'), query: z.strictObject(pageQuery) },
    responses: { 200: json(page), ...nativeRefusals },
  })
  app.openapi(ofEvent, async (c) => {
    const event = await findEvent(d.database, c.get('caller'), c.req.valid('param').id)
    if (!event) throw notFound('Event')
    return c.json(toList(await listDeliveriesOfEvent(d.database, event.id, c.req.valid('query')), viewDelivery), 200)
  })

  const get = createRoute({
    ...common,
    middleware: guards(d, 'webhook_endpoints:read'),
    path: '/v1/webhook_endpoints/{id}/deliveries/{event_id}',
    operationId: 'getWebhookDelivery',
    summary: 'Retrieve a delivery with its attempts and its payload',
    description: 'Also requires the scope events:read, because the payload is the event.',
    request: { params: deliveryParams },
    responses: { 200: json(deliveryWithTries), ...nativeRefusals },
  })
  app.openapi(get, async (c) => {
    const caller = c.get('caller')
    requireEventsScope(caller, 'the payload is an event')
    const { id, event_id: eventId } = c.req.valid('param')
    if (!(await hasEndpointLog(d.database, caller, id))) throw notFound('Webhook endpoint')
    const [delivery, tries, source] = await Promise.all([
      findDelivery(d.database, id, eventId),
      listTries(d.database, id, eventId),
      readPayloadSource(d.database, eventId),
    ])
    if (!delivery || !source) throw notFound('Delivery')
    const payload = JSON.parse(payloadOf(source)) as Record<string, unknown>
    return c.json({ ...viewDelivery(delivery), last_tries: tries.map(viewTry), payload }, 200)
  })
}
