import type { EndpointReference } from '../../domain/webhooks/endpoint.ts'
import { readProbe } from '../../store/webhooks/deliveries/deliveries.ts'
import { restIdle } from '../../store/webhooks/health.ts'
import { claimEndpoint, returnLease, type Lease } from '../../store/webhooks/leases.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { createSender } from './sender.ts'
import { createTurn } from './turn.ts'

/**
 * Sends one delivery to a failing endpoint. Returns `busy` if another process serves the endpoint or it was disabled,
 * and `nothing` if no delivery is pending: the delivery loop then probes the endpoint with the next event.
 */
export const tryEndpoint =
  (d: WebhookDependencies) =>
  async (endpoint: EndpointReference): Promise<'tried' | 'busy' | 'nothing'> => {
    const lease = await claimEndpoint(d.database, endpoint)
    if (!lease) return 'busy'
    try {
      return await tryOnce(d, lease)
    } finally {
      await returnLease(d.database, lease)
    }
  }

async function tryOnce(d: WebhookDependencies, lease: Lease): Promise<'tried' | 'nothing'> {
  const turn = createTurn(d, lease, await createSender(d, lease), () => false)
  try {
    if (!turn.mayGoOn()) return 'tried'
    const delivery = await readProbe(d.database, lease.endpointId)
    if (delivery) await turn.tryOnce(delivery)
    else await restIdle(d.database, lease)
    return delivery ? 'tried' : 'nothing'
  } finally {
    await turn.close()
  }
}
