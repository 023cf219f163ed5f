import type { DisabledReason } from '../../domain/webhooks/endpoint.ts'
import {
  afterTry,
  givesUp,
  isGone,
  longestWaitForOrder,
  nextTryIn,
  withoutSecret,
} from '../../domain/webhooks/health.ts'
import { deliveryTried } from '../../metrics/webhooks.ts'
import type { Delivery } from '../../store/webhooks/deliveries/deliveries.ts'
import { recordHealth, type LastTry } from '../../store/webhooks/health.ts'
import { renewLease, type Lease } from '../../store/webhooks/leases.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { collectResults } from './results.ts'
import type { Send } from './sender.ts'

/** Milliseconds that an endpoint is served in one turn, and between renewals of its lease. */
const longestTurn = 10_000
const renewEvery = 5_000
/** Requests in flight: the initial and maximum number, and the response time in ms below which one more is allowed. */
const atFirst = 4
const atMost = 16
const quick = 1_000
/** Seconds by which a due event is postponed after the earlier event that it waits for. */
const placeBehind = 0.001

/** Sends deliveries to one endpoint while the lease is held. Without `send`, its secret is unreadable: sends none. */
export function createTurn(d: WebhookDependencies, lease: Lease, send: Send | undefined, isStopping: () => boolean) {
  const began = performance.now()
  const results = collectResults(d.database, lease.endpointId)
  let health = send ? lease.health : withoutSecret(lease.health, lease.now(), Math.random())
  let last: LastTry | undefined = send ? undefined : { status: null, error: 'secret_unreadable' }
  let disables: DisabledReason | undefined
  let lost = false
  let allowed = health.state === 'healthy' ? atFirst : 1
  const renewal = setInterval(() => {
    renewLease(d.database, lease).then(
      (renewed) => (lost ||= !renewed),
      () => {}, // If the database remains unavailable, the lease expires.
    )
  }, renewEvery)

  const mayGoOn = () =>
    !!send && !lost && !disables && !isStopping() && !results.hasFailed() && performance.now() - began < longestTurn
  const isOpen = () => health.state === 'healthy' && mayGoOn()

  /** Makes one attempt. Returns the seconds until the next one, or that the delivery is over: delivered, or failed. */
  async function tryOnce(delivery: Delivery): Promise<'over' | 'not sent' | number> {
    const result = await send?.(delivery)
    if (!result) {
      lost = true
      return 'not sent'
    }
    const now = lease.now()
    const seconds = (now.getTime() - delivery.createdAt.getTime()) / 1_000
    deliveryTried(result.error === null ? 'delivered' : 'refused', seconds)
    health = afterTry(health, delivery.eventId, result, now, Math.random())
    last = { status: result.status, error: result.error }
    if (result.error === null) {
      allowed = result.took < quick ? Math.min(allowed + 1, atMost) : Math.max(1, allowed >> 1)
      results.add({ eventId: delivery.eventId, do: 'delivered', result })
      return 'over'
    }
    allowed = Math.max(1, allowed >> 1)
    if (isGone(result)) disables = 'gone'
    else if (givesUp(health, now)) disables = 'failing'
    // While the endpoint is failing, a failed attempt is not the event's fault and does not count against its limit.
    const counts = health.state === 'healthy'
    const retryIn = counts ? nextTryIn(delivery.refusals + 1, Math.random()) : 0
    results.add({ eventId: delivery.eventId, do: 'refused', result, counts, retryIn })
    return retryIn ?? 'over'
  }

  /** Sends the due events of one billing customer in their order, one at a time. */
  async function sendLane(lane: Delivery[]): Promise<void> {
    const read = performance.now()
    const over = new Set<number | null>()
    let heldFor: number | undefined
    for (const delivery of lane) {
      if (!isOpen()) return
      const { eventId, waitsFor, waitsForDue, age, sequence } = delivery
      const isHeld = heldFor !== undefined || (waitsFor !== null && !over.has(waitsFor))
      const behind = heldFor ?? waitsForDue ?? 1
      // If the earlier event is itself due in a later batch, this one must not overtake it.
      if (isHeld && (behind <= 0 || age + (performance.now() - read) / 1_000 < longestWaitForOrder)) {
        heldFor = behind <= 0 ? behind + placeBehind : Math.max(1, behind)
        results.add({ eventId, do: 'wait', seconds: heldFor })
        continue
      }
      const outcome = await tryOnce(delivery)
      if (outcome === 'not sent') return
      if (outcome === 'over') over.add(sequence)
      else heldFor = Math.max(1, outcome)
    }
  }

  return {
    isOpen,
    mayGoOn,
    tryOnce,
    written: () => results.written(),
    /** Sends lanes concurrently, as many at once as the receiver has proven able to handle. */
    async sendLanes(lanes: Delivery[][]): Promise<void> {
      const queue = [...lanes]
      const inFlight = new Set<Promise<void>>()
      let failed: { error: unknown } | undefined
      const mayBegin = () => inFlight.size < allowed && queue.length > 0 && !failed && isOpen()
      do {
        while (mayBegin()) {
          const sending: Promise<void> = sendLane(queue.shift()!)
            .catch((error: unknown) => void (failed ??= { error }))
            .finally(() => inFlight.delete(sending))
          inFlight.add(sending)
        }
        // Requests in flight end before the lease is released.
        if (inFlight.size > 0) await Promise.race(inFlight)
      } while (inFlight.size > 0 || mayBegin())
      if (failed) throw (failed as { error: unknown }).error
    },
    /** Ends the turn: writes what is left, and the health. Returns whether the endpoint's run must be started. */
    async close(): Promise<boolean> {
      clearInterval(renewal)
      await results.close()
      return last !== undefined && (await recordHealth(d.database, lease, health, last, disables))
    },
  }
}
