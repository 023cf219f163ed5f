import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { eventTypes } from '../../../domain/events/events.ts'
import { invalid, notFound } from '../../../domain/failure/failures.ts'
import { findEvent, listEvents, type Event } from '../../../store/events/list-events.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { mustBe } from '../../schemas/fields.ts'
import { guards, idParam, nativeRefusals, security } from './door.ts'
import { createdQuery, pageOf, pageQuery, time, toList, toRange } from '../../schemas/lists.ts'
import { json } from '../../schemas/json.ts'
import { countInQuery, idFilter } from '../../schemas/query-fields.ts'

export const eventView = z
  .object({
    id: z.string(),
    object: z.literal('event'),
    type: z.enum(eventTypes).openapi({
      example: 'billing_customer.activated',
      description:
        'Later versions may add types: ignore those that you do not know. The webhooks of this document describe ' +
        'each type with its data',
    }),
    billing_customer_id: z.string().nullable().openapi({
      description: 'Null if the event belongs to no billing customer, such as `settings.changed`',
    }),
    onboarding_id: z.string().nullable(),
    sequence: z
      .int()
      .nullable()
      .openapi({
        example: 6,
        description:
          'Numbers the events of a billing customer 1, 2, 3 and so on, in the order in which they were written; ' +
          '`created_at` is not that order. Null if the event belongs to no billing customer',
      }),
    actor: z.string().openapi({ description: 'system, customer, api, or operator with a name', example: 'system' }),
    data: z.record(z.string(), z.unknown()).openapi({ description: 'Depends on the type' }),
    created_at: time,
  })
  .openapi('Event')
const query = z.strictObject({
  ...pageQuery,
  ...createdQuery,
  type: z.enum(eventTypes, mustBe('a type of event, such as billing_customer.activated')).optional(),
  billing_customer_id: idFilter('billingCustomer').optional(),
  onboarding_id: idFilter('onboarding').optional(),
  after_sequence: countInQuery(0, 2_147_483_647).optional().openapi({
    description: 'Only later events of the billing customer, oldest first. Requires billing_customer_id',
  }),
})

/** Returns an event as the native API shows it. */
export const viewEvent = (event: Event): z.input<typeof eventView> => ({
  id: event.id,
  object: 'event',
  type: event.type,
  billing_customer_id: event.billingCustomerId,
  onboarding_id: event.onboardingId,
  sequence: event.sequence,
  actor: event.actor,
  data: event.data,
  created_at: event.createdAt.toISOString(),
})

export function addEvents(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: ['Events'], security, middleware: guards(d, 'events:read'), method: 'get' as const }
  const listing = createRoute({
    ...common,
    middleware: guards(d, 'events:read', { list: true, query: true }),
    path: '/v1/events',
    operationId: 'listEvents',
    summary: 'List events, newest first',
    description:
      'With billing_customer_id, the events are in the order of their sequence, and after_sequence returns those ' +
      'that you have not seen. Without it, the list is not for polling forward: an event can appear behind newer ' +
      'ones, because it appears when its transaction ends.',
    request: { query },
    responses: { 200: json(pageOf(eventView, 'EventList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query')
    if (asked.after_sequence !== undefined && asked.billing_customer_id === undefined)
      throw invalid('after_sequence', 'requires billing_customer_id: only its events are numbered')
    const filter = {
      type: asked.type,
      billingCustomerId: asked.billing_customer_id,
      onboardingId: asked.onboarding_id,
      afterSequence: asked.after_sequence,
      ...toRange(asked),
    }
    return c.json(toList(await listEvents(d.database, c.get('caller'), filter, { limit, cursor }), viewEvent), 200)
  })

  const get = createRoute({
    ...common,
    path: '/v1/events/{id}',
    operationId: 'getEvent',
    summary: 'Retrieve an event',
    request: { params: idParam('evt_01k2…') },
    responses: { 200: json(eventView), ...nativeRefusals },
  })
  app.openapi(get, async (c) => {
    const event = await findEvent(d.database, c.get('caller'), c.req.valid('param').id)
    if (!event) throw notFound('Event')
    return c.json(viewEvent(event), 200)
  })
}
