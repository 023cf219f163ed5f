import { checkCharge } from '../../../activities/reconcile/check-charge.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gatewayNames } from '../../../domain/lifecycle.ts'
import { refuseCrossAccount } from '../../support/gateways/own-accounts.ts'
import { chargesAtVendors } from '../../support/payments/charges-at-vendors.ts'
import { connectMerchant, type Merchant } from '../../support/payments/merchants.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// What exists at a disabled account is read, refunded and removed; nothing new begins.

let world: World
let merchant: Merchant
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
  merchant = await connectMerchant(world, world.seeds, 'northwind')
})
afterAll(() => world.close())

const chargesOf = (bc: string) => chargesAtVendors(world, bc)

test.each(gatewayNames)(
  '%s: active customers are refunded in parts, closed, and their methods removed',
  async (gateway) => {
    const { bc, page } = await merchant.open()
    await merchant.submit(gateway, page)
    expect(await world.ended(bc)).toBe('completed')
    await merchant.command(gateway, 'disable')

    const [charge] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
    await merchant.native('POST', `/v1/charges/${charge!.id}/refund`, { amount: 400, reason: 'a part' })
    await until(async () => (await chargesOf(bc))[0].refunded_amount === 400)
    expect(await checkCharge(world.dependencies, charge!.id)).toMatchObject({ state: 'succeeded' })
    await merchant.native('POST', `/v1/billing_customers/${bc}/close`, { reason: 'the end', refund_initial: true })
    await until(async () => (await chargesOf(bc))[0].refunded_amount === 1500)
    await until(
      async () => (await world.sql`select from method_releases where billing_customer_id = ${bc}`).length === 0,
    )
    const methods = [await world.simulate('ledger'), await world.simulatePayPal('ledger')].flatMap(({ body }) =>
      body.payment_methods.filter(({ customer }: { customer: string | null }) => customer !== null),
    )
    expect(methods).toEqual([])
    await merchant.command(gateway, 'activate')
  },
)

test.each(gatewayNames)('%s: the page offers no disabled account, and a submission is refused', async (gateway) => {
  const { bc, page } = await merchant.open()
  await merchant.command(gateway, 'disable')
  const others = gatewayNames.filter((name) => name !== gateway)
  expect((await page.progress()).body.gateways).toEqual(others)
  const { status, body } = await merchant.submit(gateway, page)
  expect({ status, code: body.code ?? body.error }).toMatchObject({ status: 400 })
  expect(await chargesOf(bc)).toEqual([])
  await merchant.command(gateway, 'activate')
})

test('a customer who was at the bank has paid: the payment is read, and completed', async () => {
  const { bc, page } = await merchant.open()
  await page.submitCard('4000002760003184', undefined, `pk_test_${merchant.name}`)
  const { body } = await until(
    () => page.progress(),
    (answer) => answer.body.action?.type === 'stripe_next_action',
  )
  await merchant.command('stripe', 'disable')
  const payment_intent = body.action.client_secret.split('_secret_')[0]
  world.secrets.add(body.action.client_secret)
  await world.simulate('authenticate', { payment_intent, outcome: 'succeed' })
  expect(await world.ended(bc)).toBe('completed')
  expect(await chargesOf(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  await merchant.command('stripe', 'activate')
})

test('a payment that waits for its account does not expire with its link; it can be canceled', async () => {
  const { bc, page } = await merchant.open()
  await world.stopWorker()
  await merchant.submit('stripe', page)
  await merchant.command('stripe', 'disable')
  await world.startWorker()
  const read = async () => (await world.billingCustomer(bc)).onboarding
  const { next_retry_at } = await until(read, ({ blocked_on }) => blocked_on === 'operator')
  await world.sql`update onboardings set expires_at = now() - interval '1 day' where billing_customer_id = ${bc}`
  await until(read, (onboarding) => ![null, next_retry_at].includes(onboarding.next_retry_at))
  expect(await read()).toMatchObject({ status: 'pending', closing: null })
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' })
  expect(await world.ended(bc)).toBe('canceled')
  expect(await chargesOf(bc)).toEqual([])
  await merchant.command('stripe', 'activate')
})

test('no call named an object of another account', async () => {
  await refuseCrossAccount(world)
})
