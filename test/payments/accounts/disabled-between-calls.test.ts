import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GatewayName } from '../../../domain/lifecycle.ts'
import { refuseCrossAccount } from '../../support/gateways/own-accounts.ts'
import { chargesAtVendors } from '../../support/payments/charges-at-vendors.ts'
import { connectMerchant, type Merchant } from '../../support/payments/merchants.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// An account is disabled before, during and after each call of a payment. docs/gateway-accounts.md says how each ends.
// At each moment there are two customers: one waits until the account is active again, the other is canceled meanwhile.

let world: World
let merchant: Merchant
beforeAll(async () => {
  // Longer than it takes until all calls of a round are held, on a busy machine too.
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 30_000, paypal: true })
  merchant = await connectMerchant(world, world.seeds, 'northwind')
  for (const flow of ['two_step', 'single_step'] as const) {
    await merchant.native('PATCH', '/v1/settings', { paypal_order_flow: flow })
    const cases = allCases.filter(({ moment }) => (moment.flow ?? 'two_step') === flow)
    await runRound(cases.filter(({ moment }) => !moment.path))
    await runRound(cases.filter(({ moment }) => moment.path))
  }
}, 900_000)
afterAll(() => world.close())

interface Moment {
  name: string
  gateway: GatewayName
  /** The call during which the account is disabled; undefined: before the run makes any. */
  path?: string
  /** What happens to the call. By default it is executed and answered. */
  fault?: 'lose_answer' | 'lose_request'
  flow?: 'single_step'
  /** Whether nothing is charged: the method is only saved. */
  saves?: true
  /** Whether the payment goes on without an operator, because the gateway has paid it, or saved the method. */
  goesOn?: true
}

const intents = '/v1/payment_intents'
const orders = '/v2/checkout/orders'
const moments: Moment[] = [
  { name: 'before the customer', gateway: 'stripe' },
  { name: 'while the customer is created', gateway: 'stripe', path: '/v1/customers' },
  { name: 'while the payment is created', gateway: 'stripe', path: intents },
  { name: 'while the payment is created, response lost', gateway: 'stripe', path: intents, fault: 'lose_answer' },
  { name: 'while it is charged', gateway: 'stripe', path: `${intents}/*/confirm`, goesOn: true },
  {
    name: 'while it is charged, response lost',
    gateway: 'stripe',
    path: `${intents}/*/confirm`,
    fault: 'lose_answer',
    goesOn: true,
  },
  {
    name: 'while it is charged, request lost',
    gateway: 'stripe',
    path: `${intents}/*/confirm`,
    fault: 'lose_request',
  },
  { name: 'before a method is saved', gateway: 'stripe', saves: true },
  { name: 'while the setup is created', gateway: 'stripe', path: '/v1/setup_intents', saves: true },
  {
    name: 'while the method is saved, response lost',
    gateway: 'stripe',
    path: '/v1/setup_intents/*/confirm',
    fault: 'lose_answer',
    saves: true,
    goesOn: true,
  },
  { name: 'before the approval is exchanged', gateway: 'paypal' },
  { name: 'while the approval is exchanged', gateway: 'paypal', path: '/v3/vault/payment-tokens' },
  { name: 'while the order is created', gateway: 'paypal', path: orders },
  { name: 'while it is captured', gateway: 'paypal', path: `${orders}/*/capture`, goesOn: true },
  {
    name: 'while it is captured, response lost',
    gateway: 'paypal',
    path: `${orders}/*/capture`,
    fault: 'lose_answer',
    goesOn: true,
  },
  { name: 'while it is captured, request lost', gateway: 'paypal', path: `${orders}/*/capture`, fault: 'lose_request' },
  { name: 'before an order in one step', gateway: 'paypal', flow: 'single_step' },
  { name: 'during an order in one step', gateway: 'paypal', flow: 'single_step', path: orders, goesOn: true },
  {
    name: 'during an order in one step, response lost',
    gateway: 'paypal',
    flow: 'single_step',
    path: orders,
    fault: 'lose_answer',
    // The event of its payment names the order.
    goesOn: true,
  },
  {
    name: 'during an order in one step, request lost',
    gateway: 'paypal',
    flow: 'single_step',
    path: orders,
    fault: 'lose_request',
  },
]

interface Case {
  moment: Moment
  /** Whether the onboarding is canceled while the account is disabled. */
  canceled: boolean
  outcome?: Promise<Outcome>
}

interface Outcome {
  result: string
  charges: { amount: number; refunded_amount: number }[]
  /** Payment methods that the gateways have of the customer. */
  methods: object[]
  /** Accounts of the charges in the record that succeeded. */
  accounts: string[]
}

const allCases: Case[] = moments.flatMap((moment) => [
  { moment, canceled: false },
  { moment, canceled: true },
])

/** Submits the payment methods of these customers, and disables both accounts when each is at its moment. */
async function runRound(cases: Case[]): Promise<void> {
  const isBefore = cases.every(({ moment }) => !moment.path)
  if (isBefore) await world.stopWorker()
  const begun = await Promise.all(cases.map(begin))
  const releases = await Promise.all(begun.map(({ atMoment }) => atMoment()))
  await commandBoth('disable')
  await Promise.all(releases.map((release) => release()))
  if (isBefore) await world.startWorker()
  let activate = () => {}
  const active = new Promise<void>((resolve) => (activate = resolve))
  const disabled = begun.map(({ bc }, i) => whileDisabled(bc, cases[i]!))
  for (const [i, { bc }] of begun.entries())
    cases[i]!.outcome = disabled[i]!.then(() => active).then(() => outcomeOf(bc, cases[i]!))
  await Promise.allSettled(disabled)
  await commandBoth('activate')
  activate()
  await Promise.allSettled(cases.map(({ outcome }) => outcome))
  await refuseCrossAccount(world)
}

const commandBoth = (command: 'activate' | 'disable') =>
  Promise.all((['stripe', 'paypal'] as const).map((gateway) => merchant.command(gateway, command)))

/** Submits a customer's payment method. `atMoment` waits for the moment, and returns how the call goes on. */
async function begin({ moment: { gateway, path, fault, saves } }: Case) {
  const { bc, page } = await (saves ? merchant.openFree() : merchant.open())
  const submit = () => merchant.submit(gateway, page, saves ? { amount: 0, currency: 'USD' } : undefined)
  if (!path) return { bc, atMoment: () => submit().then(() => async () => {}) }
  const { onboarding, customer_id } = await world.billingCustomer(bc)
  const about = path === '/v1/customers' ? customer_id : onboarding.id
  const at = gateway === 'stripe' ? world : { hold: world.holdAtPayPal, applied: world.appliedAtPayPal }
  const call = await (fault ? at.applied(path, fault, about) : at.hold(path, 'POST', about))
  return {
    bc,
    atMoment: () =>
      submit()
        .then(call.reached)
        .then(() => call.release),
  }
}

const waitsForOperator = (bc: string) =>
  until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'operator')

/** Nobody can know whether PayPal has executed the order, before its request can be repeated. */
const waitsForRepeat = ({ moment, canceled }: Case) =>
  canceled && moment.flow === 'single_step' && moment.fault === 'lose_request'

/** What happens to an onboarding before the account is active again. */
async function whileDisabled(bc: string, of: Case): Promise<void> {
  const { moment, canceled } = of
  if (!moment.goesOn) {
    await waitsForOperator(bc)
    expect(await chargesAtVendors(world, bc)).toEqual([])
  }
  if (canceled) await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' })
  if (waitsForRepeat(of)) await waitsForOperator(bc)
  else if (canceled || moment.goesOn) {
    await world.ended(bc)
    await world.moneySettled(bc)
  }
}

async function outcomeOf(bc: string, { canceled }: Case): Promise<Outcome> {
  const result = await world.ended(bc)
  if (canceled) await world.moneySettled(bc)
  const rows = await world.sql<{ accountId: string }[]>`
    select distinct account_id from charges where billing_customer_id = ${bc} and state = 'succeeded'`
  const charges = await chargesAtVendors(world, bc)
  return { result, charges, methods: await methodsOf(bc), accounts: rows.map(({ accountId }) => accountId) }
}

const outcome = (moment: Moment, canceled: boolean) =>
  allCases.find((each) => each.moment === moment && each.canceled === canceled)!.outcome

describe.each(moments)('$gateway account disabled $name:', (moment) => {
  const { gateway, saves, goesOn } = moment

  test(goesOn ? 'the payment is completed' : 'it waits, and is completed once the account is active', async () => {
    expect(await outcome(moment, false)).toMatchObject({
      result: 'completed',
      charges: saves ? [] : [{ amount: 1500, refunded_amount: 0 }],
      accounts: saves ? [] : [merchant.ids[gateway]],
    })
  })

  test('after a cancellation nothing is charged, and no method stays', async () => {
    const { result, charges, methods } = (await outcome(moment, true))!
    const kept = charges.filter(({ amount, refunded_amount }) => refunded_amount < amount)
    expect({ result, kept: kept.length }).toEqual(
      result === 'completed' ? { result, kept: saves ? 0 : 1 } : { result: 'canceled', kept: 0 },
    )
    if (!goesOn) expect(result).toBe('canceled')
    if (result === 'canceled') expect(methods).toEqual([])
  })
})

/** Returns the payment methods that the gateways have of the customer. */
async function methodsOf(bc: string) {
  const [row] = await world.sql<{ customerId: string }[]>`select customer_id from billing_customers where id = ${bc}`
  const ledgers = [await world.simulate('ledger'), await world.simulatePayPal('ledger')]
  return ledgers.flatMap(({ body }) => {
    const customers: { id: string; metadata: object }[] = body.customers
    const theirs = customers.filter((each) => JSON.stringify(each).includes(row!.customerId)).map(({ id }) => id)
    return body.payment_methods.filter(({ customer }: { customer: string | null }) => theirs.includes(customer ?? ''))
  })
}
