import { readBatch, readProbe, type Delivery } from '../../store/webhooks/deliveries/deliveries.ts'
import type { Lease } from '../../store/webhooks/leases.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { createSender } from './sender.ts'
import { createTurn } from './turn.ts'

/** Number of deliveries read in one batch. */
const batch = 200

/**
 * Sends the due deliveries of an endpoint for at most ten seconds, in the order of each billing customer. An endpoint
 * that is failing gets one delivery first. Returns whether its run, which waits longer between attempts, must be
 * started. The caller releases the lease.
 */
export async function drainEndpoint(
  d: WebhookDependencies,
  lease: Lease,
  isStopping: () => boolean = () => false,
): Promise<boolean> {
  const turn = createTurn(d, lease, await createSender(d, lease), isStopping)
  let runIsNeeded = false
  try {
    if (lease.health.state !== 'healthy') await probe()
    while (turn.isOpen()) {
      const due = await readBatch(d.database, lease.endpointId, batch)
      if (due.length === 0) break
      await turn.sendLanes(lanesOf(due))
      // Deliveries that were sent must no longer be due when the next batch is read.
      await turn.written()
    }
  } finally {
    runIsNeeded = await turn.close()
  }
  return runIsNeeded

  async function probe(): Promise<void> {
    const delivery = await readProbe(d.database, lease.endpointId)
    if (delivery && turn.mayGoOn()) await turn.tryOnce(delivery)
    await turn.written()
  }
}

/** Groups deliveries into lanes: one per billing customer, in event order, and one per event without a customer. */
function lanesOf(deliveries: Delivery[]): Delivery[][] {
  const lanes = new Map<string, Delivery[]>()
  for (const delivery of deliveries) {
    const key = delivery.billingCustomerId ?? delivery.eventId
    lanes.set(key, [...(lanes.get(key) ?? []), delivery])
  }
  return [...lanes.values()].map((lane) => lane.sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0)))
}
