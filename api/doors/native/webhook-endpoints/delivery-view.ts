import { z } from '@hono/zod-openapi'
import { eventTypes } from '../../../../domain/events/events.ts'
import { deliveryStates } from '../../../../domain/webhooks/endpoint.ts'
import { tryErrors } from '../../../../domain/webhooks/post.ts'
import type { DeliveryLog, DeliveryTry } from '../../../../store/webhooks/deliveries/list-deliveries.ts'
import { time } from '../../../schemas/lists.ts'

const status = z.number().int().nullable().openapi({ description: 'HTTP status; null without a response' })
const error = z.enum(tryErrors).nullable().openapi({ description: 'Null after a status from 200 to 299' })

const fields = {
  object: z.literal('webhook_delivery'),
  webhook_endpoint_id: z.string(),
  event_id: z.string(),
  type: z.enum(eventTypes),
  billing_customer_id: z.string().nullable(),
  sequence: z.number().int().nullable(),
  state: z.enum(deliveryStates).openapi({
    description:
      'pending: it will be tried. failed: it was refused for 72 hours. skipped: its endpoint was deleted, or was ' +
      'enabled without catching up',
  }),
  tries: z.number().int().openapi({ description: 'Number of attempts' }),
  last_status: status,
  last_error: error,
  next_try_at: time.nullable().openapi({
    description: 'The earliest time of the next attempt; null unless pending. See also the health of the endpoint',
  }),
  created_at: time.openapi({ description: 'When the event happened' }),
  ended_at: time.nullable().openapi({ description: 'When it was delivered, failed or was skipped' }),
}

export const deliveryView = z.object(fields).openapi('WebhookDelivery')

const tryView = z.object({
  number: z.number().int(),
  tried_at: time.openapi({ description: 'When the attempt ended' }),
  duration_ms: z.number().int(),
  status,
  error,
  response: z.string().nullable().openapi({ description: 'The start of the body of a failure' }),
})

export const deliveryWithTries = z
  .object({
    ...fields,
    last_tries: z.array(tryView).openapi({ description: 'The last 100 attempts, oldest first' }),
    payload: z.record(z.string(), z.unknown()).openapi({
      description: 'The body as it would be sent now. It is built for each attempt: external_id can change',
    }),
  })
  .openapi('WebhookDeliveryWithTries')

const iso = (at: Date | null) => at?.toISOString() ?? null

/** Returns a delivery as the native API shows it. */
export const viewDelivery = (delivery: DeliveryLog): z.input<typeof deliveryView> => ({
  object: 'webhook_delivery',
  webhook_endpoint_id: delivery.endpointId,
  event_id: delivery.eventId,
  type: delivery.type,
  billing_customer_id: delivery.billingCustomerId,
  sequence: delivery.sequence,
  state: delivery.state,
  tries: delivery.tries,
  last_status: delivery.lastStatus,
  last_error: delivery.lastError,
  next_try_at: iso(delivery.dueAt),
  created_at: delivery.happenedAt.toISOString(),
  ended_at: iso(delivery.doneAt),
})

export const viewTry = ({ number, triedAt, took, status, error, response }: DeliveryTry): z.input<typeof tryView> => ({
  number,
  tried_at: triedAt.toISOString(),
  duration_ms: took,
  status,
  error,
  response,
})
