import { setTimeout as sleep } from 'node:timers/promises'
import { commands } from '../../../admin/commands.ts'
import type { ChargeState } from '../../../domain/lifecycle.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { callNative, hideOutcome } from '../../chaos/acts/caller-acts.ts'
import { breakPayment, waitFor } from '../../upgrade-drill/people.ts'
import type { Cause } from '../drill.ts'
import { repeat } from '../program.ts'
import type { Stack } from '../stack.ts'
import { visit, visits } from '../visits.ts'

const paymentCalls = [
  ['POST', '/v1/customers'],
  ['POST', '/v1/payment_intents'],
  ['GET', '/v1/payment_intents/*'],
  ['POST', '/v1/payment_intents/*/confirm'],
] as const

const gatewayDown: Cause = {
  name: 'the gateway returns errors to 14 customers who pay',
  alerts: ['GatewayCallsFail', 'OnboardingsWaitForGateway'],
  async begin(stack) {
    const { caller, stripeUrl } = stack
    const paying = await visits(stack, 14)
    for (const [method, path] of paymentCalls)
      await caller.post(`${stripeUrl}/_sim/faults`, { match: { method, path }, fault: 'error_before', times: 1e6 })
    await Promise.all(paying.map((each) => each.pay()))
    return async () => {
      await caller.call(`${stripeUrl}/_sim/faults`, { method: 'DELETE' })
      await Promise.all(paying.map((each) => each.complete()))
    }
  },
}

const keyRefused: Cause = {
  name: 'the gateway refuses the key while 8 customers pay',
  alerts: ['GatewayRefusesPayments'],
  async begin(stack) {
    const { caller, stripeUrl } = stack
    const paying = await visits(stack, 8)
    for (const [method, path] of paymentCalls)
      await caller.post(`${stripeUrl}/_sim/faults`, { match: { method, path }, fault: 'unauthorized', times: 1e6 })
    for (const each of paying) await each.pay()
    return async () => {
      await caller.call(`${stripeUrl}/_sim/faults`, { method: 'DELETE' })
      await Promise.all(paying.map((each) => each.complete()))
    }
  },
}

const stepFails: Cause = {
  name: 'PostgreSQL rejects a row of a payment',
  alerts: ['StepsFail', 'OnboardingsWaitForOperator'],
  async begin(stack) {
    const customer = await visit(stack)
    const repair = await breakPayment(stack, customer.billingCustomerId)
    await customer.pay()
    return async () => {
      await repair()
      await customer.complete()
    }
  },
}

const declines: Cause = {
  name: '30 cards are declined',
  alerts: ['DeclinesRise'],
  async begin(stack) {
    for (const each of await visits(stack, 30)) await each.pay('4000000000000002')
    return async () => {}
  },
}

const reconciliationPaused: Cause = {
  name: 'the schedule of reconciliation is paused',
  alerts: ['ReconciliationIsLate'],
  async begin({ reconciliation }) {
    reconciliation.pause()
    return async () => reconciliation.resume()
  },
}

const accountFails: Cause = {
  name: 'the charges of an account have not been listed for 13 hours',
  alerts: ['AccountsAreNotCompared'],
  async begin({ caller, stripeUrl, database }) {
    const match = { method: 'GET', path: '/v1/charges' }
    await caller.post(`${stripeUrl}/_sim/faults`, { match, fault: 'error_before', times: 1e6 })
    // A page that was listed before may still be stored.
    const comparedLongAgo = () => database`
      update gateway_lists set compared_until = now() - interval '13 hours'
      where account_id = 'ga_stripe_sandbox' and list = 'payments'`
    const stop = repeat(1_000, comparedLongAgo)
    return async () => {
      await stop()
      await caller.call(`${stripeUrl}/_sim/faults`, { method: 'DELETE' })
    }
  },
}

/** Refunds to the first card fail after days, those to the second one arrive after days. */
const cards = { failsLater: '4000000000005126', arrivesLater: '4000000000007726' }
const threeDays = 3 * 86_400

const refundFails: Cause = {
  name: 'the refund of a canceled onboarding fails after days',
  alerts: ['ChargeOutcomeUnknown'],
  async begin(stack) {
    const { caller, stripeUrl, database } = stack
    await cancelWhenCharged(stack, cards.arrivesLater, 'refund_pending')
    const charge = await cancelWhenCharged(stack, cards.failsLater, 'refunded')
    // Processes read the record for their metrics every 5 seconds, and dashboards show refunds on their way.
    await sleep(7_000)
    await caller.post(`${stripeUrl}/_sim/clock`, { advance_seconds: threeDays })
    return async () => {
      const context = { database, settingDefaults: builtInSettings }
      const options = { charge, outcome: 'returned_by_hand', reason: 'alert drill', operator: 'alert drill' }
      await commands['resolve-charge']!.run(context, options)
    }
  },
}

/** Cancels an onboarding when it is charged, and waits for the state of the charge. Returns its id. */
async function cancelWhenCharged(stack: Stack, card: string, state: ChargeState): Promise<string> {
  const { shop, caller, database } = stack
  const customer = await visit(stack)
  const { billingCustomerId: id } = customer
  const outcome = await hideOutcome(id, 'stripe', shop, caller)
  await customer.pay(card)
  await outcome.charged()
  await callNative(shop, caller, 'POST', `/v1/billing_customers/${id}/cancel`, { reason: 'alert drill' })
  await outcome.show()
  const refunded = () => database<{ id: string }[]>`
    select id from charges where billing_customer_id = ${id} and state = ${state}`
  await waitFor('the refund of a canceled onboarding', async () => (await refunded()).length > 0)
  return (await refunded())[0]!.id
}

/** Payments, refunds and reconciliation. The last one advances the clock of the gateway by days. */
export const paymentCauses = [
  gatewayDown,
  keyRefused,
  stepFails,
  declines,
  reconciliationPaused,
  accountFails,
  refundFails,
]
