import { payloadOf } from '../../domain/webhooks/payload.ts'
import type { TryResult } from '../../domain/webhooks/post.ts'
import type { Delivery } from '../../store/webhooks/deliveries.ts'
import type { Lease } from '../../store/webhooks/leases.ts'
import { readSealedSecrets } from '../../store/webhooks/secrets.ts'
import type { WebhookDependencies } from './dependencies.ts'

/** Makes one try of a delivery. */
export type Send = (delivery: Delivery) => Promise<TryResult>

/** Opens the secrets of an endpoint. Throws a SealError if none of the configured keys does. */
export async function createSender(
  { database, post, sealing, slots }: WebhookDependencies,
  { endpointId, url }: Lease,
): Promise<Send> {
  const secrets = (await readSealedSecrets(database, endpointId)).map((sealed) => sealing.open(endpointId, sealed))
  // The endpoint was deleted a moment ago: nothing is sent without a signature.
  if (secrets.length === 0) throw new Error('the endpoint has no secret')
  return (delivery) => slots.use(() => post({ url, eventId: delivery.eventId, body: payloadOf(delivery), secrets }))
}
