import type { Cause } from '../drill.ts'
import { repeat } from '../program.ts'
import type { Stack } from '../stack.ts'

interface SentEvent {
  object: object
  type?: string
  /** Seconds since the epoch; now by default. */
  created?: number
  api_version?: string
  /** Lists show it, and no endpoint gets it. */
  lost?: boolean
}

/** Lets the simulator send an event that no call caused. */
export function sendEvent({ stripeUrl, caller }: Stack, event: SentEvent): Promise<unknown> {
  return caller.post(`${stripeUrl}/_sim/events`, { type: 'payment_intent.processing', ...event })
}

const payment = (id: string, metadata: object) => ({ id: `pi_${id}`, object: 'payment_intent', metadata })

/** A payment that another program made at the same account. */
export const unrelatedPayment = (n: number) => payment(`of_somebody_else_${n}`, {})

const secondsAgo = (seconds: number) => Math.round(Date.now() / 1_000) - seconds

const late: Cause = {
  name: 'the gateway sends events 20 s late',
  alerts: ['GatewayEventsAreLate'],
  async begin(stack) {
    return repeat(500, (nth) => sendEvent(stack, { object: unrelatedPayment(nth), created: secondsAgo(20) }))
  },
}

const otherVersion: Cause = {
  name: 'an event has another API version',
  alerts: ['GatewayEventsRefused'],
  async begin(stack) {
    await sendEvent(stack, { object: unrelatedPayment(0), api_version: '2020-08-27' })
    return async () => {}
  },
}

const unknownPayment: Cause = {
  name: 'an old event names a payment of ours that the record does not have',
  alerts: ['GatewayEventsDead'],
  async begin(stack) {
    const lost = payment('of_a_lost_row', { onboarding_id: 'onb_lostlostlostlostlostlostlo' })
    await sendEvent(stack, { object: lost, created: secondsAgo(7_200) })
    return async () => {}
  },
}

const lost: Cause = {
  name: 'no event arrives at the webhook endpoint of the gateway',
  alerts: ['GatewayEventsDoNotArrive'],
  async begin(stack) {
    return repeat(2_000, (nth) => sendEvent(stack, { object: unrelatedPayment(nth), lost: true }))
  },
}

const listRefused: Cause = {
  name: 'the gateway does not let us list events',
  alerts: ['EventListsAreLate'],
  async begin({ caller, stripeUrl }) {
    const match = { method: 'GET', path: '/v1/events' }
    await caller.post(`${stripeUrl}/_sim/faults`, { match, fault: 'error_before', times: 1e6 })
    return () => caller.call(`${stripeUrl}/_sim/faults`, { method: 'DELETE' })
  },
}

/** What gateways say. */
export const gatewayEventCauses = [late, otherVersion, unknownPayment, lost, listRefused]
