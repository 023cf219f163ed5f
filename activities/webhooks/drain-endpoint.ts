import { readBatch, readProbe, type Delivery } from '../../store/webhooks/deliveries.ts'
import type { Lease } from '../../store/webhooks/leases.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { createSender } from './sender.ts'
import { createTurn } from './turn.ts'

/** Deliveries that are read at once. */
const batch = 200

/**
 * Sends the due deliveries of an endpoint for at most ten seconds, in the order of each billing customer. An endpoint
 * in trouble is tried with one delivery first. Returns whether its run must be started, which takes longer pauses. The
 * caller gives the lease back.
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
      // What was sent must no longer be due when the next batch is read.
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

/** Groups deliveries by billing customer, in the order of its events. Each event without one is a lane of its own. */
function lanesOf(deliveries: Delivery[]): Delivery[][] {
  const lanes = new Map<string, Delivery[]>()
  for (const delivery of deliveries) {
    const key = delivery.billingCustomerId ?? delivery.eventId
    lanes.set(key, [...(lanes.get(key) ?? []), delivery])
  }
  return [...lanes.values()].map((lane) => lane.sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0)))
}
