import { payloadOf } from '../../domain/webhooks/payload.ts'
import type { TryResult } from '../../domain/webhooks/post.ts'
import { SealError } from '../../store/database/sealing.ts'
import type { Delivery } from '../../store/webhooks/deliveries.ts'
import { holdsLease, type Lease } from '../../store/webhooks/leases.ts'
import { readSealedSecrets } from '../../store/webhooks/secrets.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { shareCalls } from './share-calls.ts'

/** Makes one try of a delivery. Returns undefined, and sends nothing, if the lease no longer permits it. */
export type Send = (delivery: Delivery) => Promise<TryResult | undefined>

/** Opens the secrets of an endpoint. Returns undefined if one was sealed with a key that is not configured. */
export async function createSender(d: WebhookDependencies, lease: Lease): Promise<Send | undefined> {
  const { database, post, slots } = d
  const { endpointId, url } = lease
  const secrets = openSecrets(d, endpointId, await readSealedSecrets(database, endpointId))
  if (!secrets) return undefined
  // The endpoint was deleted a moment ago: nothing is sent without a signature.
  if (secrets.length === 0) throw new Error('the endpoint has no secret')
  const mayBegin = shareCalls(() => holdsLease(database, lease))
  return (delivery) =>
    // Asked when a slot is free: a try can wait for one longer than a lease lasts.
    slots.use(async () =>
      (await mayBegin()) ? post({ url, eventId: delivery.eventId, body: payloadOf(delivery), secrets }) : undefined,
    )
}

function openSecrets({ sealing, log }: WebhookDependencies, endpointId: string, sealed: Buffer[]) {
  try {
    return sealed.map((each) => sealing.open(endpointId, each))
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    log.error(
      { endpoint: endpointId, reason: error.message },
      'no key in WEBHOOK_SECRET_KEYS decrypts the secret of a webhook endpoint; nothing is sent to it',
    )
    return undefined
  }
}
