import type { DisabledReason } from '../../domain/webhooks/endpoint.ts'
import {
  afterTry,
  givesUp,
  isGone,
  longestWaitForOrder,
  nextTryIn,
  withoutSecret,
} from '../../domain/webhooks/health.ts'
import type { Delivery } from '../../store/webhooks/deliveries.ts'
import { recordHealth, type LastTry } from '../../store/webhooks/health.ts'
import { renewLease, type Lease } from '../../store/webhooks/leases.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { collectResults } from './results.ts'
import type { Send } from './sender.ts'

/** Milliseconds: how long an endpoint is served in one turn, and how often its lease is renewed. */
const longestTurn = 10_000
const renewEvery = 5_000
/** Requests in flight: at first, at most, and the milliseconds below which a success permits one more. */
const atFirst = 4
const atMost = 16
const quick = 1_000
/** Seconds: how far behind the event that it waits for a due one is put. */
const placeBehind = 0.001

/** Sends deliveries of one endpoint while a lease allows it. Without `send`, because its secret is unreadable, none. */
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
      () => {}, // The lease ends by itself if the database stays away.
    )
  }, renewEvery)

  const mayGoOn = () =>
    !!send && !lost && !disables && !isStopping() && !results.hasFailed() && performance.now() - began < longestTurn
  const isOpen = () => health.state === 'healthy' && mayGoOn()

  /** Makes one try. Returns the seconds until the next one, or that the delivery is over: delivered, or failed. */
  async function tryOnce(delivery: Delivery): Promise<'over' | 'not sent' | number> {
    const result = await send?.(delivery)
    if (!result) {
      lost = true
      return 'not sent'
    }
    const now = lease.now()
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
    // While the endpoint is in trouble, a try says nothing about the event and uses up none of its tries.
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
      // What waits for an event that is due itself, in a later batch, never overtakes it.
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
    /** Sends lanes side by side, as many at once as the receiver has shown that it can take. */
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
        // What is under way ends before the lease is given back.
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
