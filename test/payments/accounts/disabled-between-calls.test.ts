import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { GatewayName } from '../../../domain/lifecycle.ts'
import { refuseCrossAccount } from '../../support/gateways/own-accounts.ts'
import { chargesAtVendors } from '../../support/payments/charges-at-vendors.ts'
import { connectMerchant, type Merchant } from '../../support/payments/merchants.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// An account is disabled before, during and after each call of a payment. docs/gateway-accounts.md says how each ends.

let world: World
let merchant: Merchant
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 700, paypal: true })
  merchant = await connectMerchant(world, world.seeds, 'northwind')
})
afterEach(async () => {
  await Promise.all([world.clearFaults(), world.clearPayPalFaults()])
  for (const gateway of ['stripe', 'paypal'] as const) await merchant.command(gateway, 'activate')
})
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

interface Paying {
  bc: string
}

/** Submits a payment method, and disables the account at the moment. */
async function disableAt({ gateway, path, fault, flow, saves }: Moment): Promise<Paying> {
  const at = gateway === 'stripe' ? world : { hold: world.holdAtPayPal, fault: world.payPalFault }
  await merchant.native('PATCH', '/v1/settings', { paypal_order_flow: flow ?? 'two_step' })
  const { bc, page } = await (saves ? merchant.openFree() : merchant.open())
  const submit = () => merchant.submit(gateway, page, saves ? { amount: 0, currency: 'USD' } : undefined)
  if (!path) {
    await world.stopWorker()
    await submit()
    await merchant.command(gateway, 'disable')
    await world.startWorker()
    return { bc }
  }
  if (fault) {
    const { body } = await at.fault(path, fault)
    await submit()
    await until(() => isApplied(gateway, body.id as string))
    await merchant.command(gateway, 'disable')
    return { bc }
  }
  const call = await at.hold(path)
  await submit()
  await call.reached()
  await merchant.command(gateway, 'disable')
  await call.release()
  return { bc }
}

async function isApplied(gateway: GatewayName, id: string): Promise<boolean> {
  const { body } = await (gateway === 'stripe' ? world.simulate('faults') : world.simulatePayPal('faults'))
  return !body.faults.some((left: { id: string }) => left.id === id)
}

const waitsForOperator = ({ bc }: Paying) =>
  until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'operator')

const chargesOf = ({ bc }: Paying) => chargesAtVendors(world, bc)

async function judge(paying: Paying, { saves, gateway }: Moment): Promise<void> {
  expect(await world.ended(paying.bc)).toBe('completed')
  const charges = saves ? [] : [{ amount: 1500, refunded_amount: 0 }]
  expect(await chargesOf(paying)).toMatchObject(charges)
  const rows = await world.sql`
    select distinct account_id from charges where billing_customer_id = ${paying.bc} and state = 'succeeded'`
  expect(rows).toMatchObject(saves ? [] : [{ accountId: merchant.ids[gateway] }])
}

describe.each(moments)('$gateway account disabled $name:', (moment) => {
  test(
    moment.goesOn ? 'the payment is completed' : 'it waits, and is completed once the account is active',
    async () => {
      const paying = await disableAt(moment)
      if (!moment.goesOn) {
        await waitsForOperator(paying)
        const charged = await chargesOf(paying)
        expect(charged).toEqual([])
        await merchant.command(moment.gateway, 'activate')
      }
      await judge(paying, moment)
      await refuseCrossAccount(world)
    },
  )

  test('after a cancellation nothing is charged, and no method stays', async () => {
    const paying = await disableAt(moment)
    if (!moment.goesOn) await waitsForOperator(paying)
    await world.asNative('POST', `/v1/billing_customers/${paying.bc}/cancel`, { reason: 'by phone' })
    if (moment.flow && moment.fault === 'lose_request') {
      // Nobody can know whether PayPal has executed the order, before its request can be repeated.
      await waitsForOperator(paying)
      await merchant.command(moment.gateway, 'activate')
    }
    const result = await world.ended(paying.bc)
    await world.moneySettled(paying.bc)
    const charges = await chargesOf(paying)
    const kept = charges.filter(({ amount, refunded_amount }) => refunded_amount < amount)
    expect({ result, kept: kept.length }).toEqual(
      result === 'completed' ? { result, kept: moment.saves ? 0 : 1 } : { result: 'canceled', kept: 0 },
    )
    if (!moment.goesOn) expect(result).toBe('canceled')
    if (result === 'canceled') expect(await methodsOf(paying)).toEqual([])
    await refuseCrossAccount(world)
  })
})

/** Returns the payment methods that the gateways have of the customer. */
async function methodsOf({ bc }: Paying) {
  const [row] = await world.sql<{ customerId: string }[]>`select customer_id from billing_customers where id = ${bc}`
  const ledgers = [await world.simulate('ledger'), await world.simulatePayPal('ledger')]
  return ledgers.flatMap(({ body }) => {
    const customers: { id: string; metadata: object }[] = body.customers
    const theirs = customers.filter((each) => JSON.stringify(each).includes(row!.customerId)).map(({ id }) => id)
    return body.payment_methods.filter(({ customer }: { customer: string | null }) => theirs.includes(customer ?? ''))
  })
}
