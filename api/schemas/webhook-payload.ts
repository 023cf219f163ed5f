import { z } from '@hono/zod-openapi'
import { eventGuide, isTenantEvent, type EventType } from '../../domain/events/events.ts'
import { payloadOf } from '../../domain/webhooks/payload.ts'
import { eventDataSchema } from './event-data.ts'
import { time } from './lists.ts'

const actor = z.string().openapi({ description: 'system, customer, api, or operator with a name', example: 'system' })
const eventId = z.string().openapi({ description: 'The same in every attempt: ignore events that you have processed' })

/** The body of a webhook of any type. `webhooks` of the document has the data of each type. */
export const webhookEvent = z
  .object({
    id: eventId,
    // Not an enum: generated clients would reject the types that a later version adds.
    type: z.string().openapi({
      description: 'One of the types in `webhooks`. Ignore types that you do not know',
      example: 'charge.succeeded',
    }),
    timestamp: time,
    api_version: z.string(),
    environment: z.enum(['live', 'sandbox']),
    organization_id: z.string(),
    sequence: z.int().nullable().openapi({
      description: 'Numbers the events of a billing customer 1, 2, 3 and so on; null for an event of none',
    }),
    data: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'Depends on the type: see the webhook of that name' }),
  })
  .openapi('WebhookEvent')

/** What the data of every event of a billing customer begins with. */
const about = {
  billing_customer_id: z.string(),
  customer_id: z.string(),
  external_id: z.string().nullable().openapi({ description: 'Your id of the customer, as it is when this is sent' }),
  onboarding_id: z.string().nullable(),
}

/** Returns the schema of the body of a webhook with this type of event. */
export function payloadSchema(type: EventType) {
  const isNumbered = !isTenantEvent(type)
  return z.object({
    id: eventId,
    type: z.literal(type),
    timestamp: time,
    api_version: z.string(),
    environment: z.enum(['live', 'sandbox']),
    organization_id: z.string(),
    sequence: (isNumbered ? z.int() : z.null()).openapi({
      description: isNumbered
        ? 'Numbers the events of a billing customer 1, 2, 3 and so on: keep the highest'
        : 'Null: the event belongs to no billing customer',
    }),
    data: z.object({ ...(isNumbered ? about : {}), actor, ...eventDataSchema(type).shape }),
  })
}

/** Returns an example of the body, made as deliveries are. */
export function examplePayload(type: EventType): Record<string, unknown> {
  const fields = Object.entries(eventGuide[type].data).filter(([, { presence }]) => presence !== 'sometimes')
  const body = payloadOf({
    eventId: 'evt_01k2…',
    type,
    createdAt: new Date('2026-11-21T09:00:00Z'),
    environment: 'sandbox',
    organizationId: 'org_01k2…',
    ...(isTenantEvent(type)
      ? { sequence: null, billingCustomerId: null, customerId: null, externalId: null, onboardingId: null }
      : {
          ...{ sequence: 3, billingCustomerId: 'bc_01k2…', customerId: 'cus_01k2…', externalId: 'usr_12345' },
          onboardingId: 'onb_01k2…',
        }),
    actor: 'actor_key_id' in Object.fromEntries(fields) ? 'api' : 'system',
    data: Object.fromEntries(fields.map(([name, { example }]) => [name, example])),
  })
  return JSON.parse(body) as Record<string, unknown>
}
