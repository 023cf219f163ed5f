import { payloadOf } from '../../domain/webhooks/payload.ts'
import type { TryResult } from '../../domain/webhooks/post.ts'
import { SealError } from '../../store/database/sealing.ts'
import type { Delivery } from '../../store/webhooks/deliveries/deliveries.ts'
import { holdsLease, type Lease } from '../../store/webhooks/leases.ts'
import { openHeaders } from '../../store/webhooks/headers.ts'
import { readSealedCredentials, type SealedCredentials } from '../../store/webhooks/secrets.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { shareCalls } from './share-calls.ts'

/** Makes one attempt at a delivery. Returns undefined, and sends nothing, if the lease no longer permits it. */
export type Send = (delivery: Delivery) => Promise<TryResult | undefined>

/** Decrypts the secrets and headers of an endpoint. Returns undefined if a key of one of them is not configured. */
export async function createSender(d: WebhookDependencies, lease: Lease): Promise<Send | undefined> {
  const { database, post, slots } = d
  const { endpointId, url } = lease
  const credentials = openCredentials(d, endpointId, await readSealedCredentials(database, endpointId))
  if (!credentials) return undefined
  // The endpoint was deleted a moment ago: nothing is sent without a signature.
  if (credentials.secrets.length === 0) throw new Error('the endpoint has no secret')
  const mayBegin = shareCalls(() => holdsLease(database, lease))
  return (delivery) =>
    // Checked once a slot is free, because waiting for one can take longer than a lease lasts.
    slots.use(async () => {
      if (!(await mayBegin())) return undefined
      const { eventId } = delivery
      return post({ url, eventId, at: lease.now(), body: payloadOf(delivery), ...credentials })
    })
}

function openCredentials({ sealing, log }: WebhookDependencies, endpointId: string, sealed: SealedCredentials) {
  try {
    const secrets = sealed.secrets.map((each) => sealing.open(endpointId, each))
    return { secrets, headers: openHeaders(sealing, endpointId, sealed.headers) }
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    log.error(
      { endpoint: endpointId, reason: error.message },
      'no key in WEBHOOK_SECRET_KEYS decrypts the secret or the headers of a webhook endpoint; nothing is sent to it',
    )
    return undefined
  }
}
