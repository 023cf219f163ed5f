import { afterAll, beforeAll, expect, test } from 'vitest'
import { callersExpired } from '../../support/callers-expired.ts'
import { connectToPlatform } from '../../support/gateways/connected-account.ts'
import { connectMerchant, type Merchant } from '../../support/payments/merchants.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// A connected account that Stripe restricts, or whose owner disconnects it, at each moment of what customers and
// callers do. Nothing is lost or charged twice, and nothing reaches another account.

let world: World
let merchant: Merchant
let vendorId: string
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
  merchant = await connectMerchant(world, world.seeds, '', ['stripe'], true)
  vendorId = merchant.publishableKey.split(' ')[1]!
})
afterAll(() => world.close())

const account = () => merchant.native('GET', `/v1/gateway_accounts/${merchant.ids.stripe}`)
/** Charges of a customer, each of which must be at the connected account. */
async function chargesOf(bc: string) {
  const { charges } = await world.ledger(bc)
  const { body } = await world.simulate(`ledger?account=${vendorId}`)
  // Only the ids: between the two reads a charge can be refunded.
  const ids = (list: { id: string }[]) => list.map(({ id }) => id)
  expect(ids(body.charges)).toEqual(expect.arrayContaining(ids(charges)))
  return charges
}

/** Restricts the account at Stripe, or lifts the restriction, and tells us. */
async function permit(charges_enabled: boolean): Promise<void> {
  await world.simulate('restrict', { account: vendorId, charges_enabled })
  await world.allDelivered()
  expect(await account()).toMatchObject({ status: charges_enabled ? 'active' : 'pending', charges_enabled })
  await callersExpired()
}

/** Disconnects the account as its owner does in the dashboard, and connects it again. */
async function disconnect(): Promise<void> {
  await world.simulate('deauthorize', { account: vendorId })
  await world.allDelivered()
  expect(await account()).toMatchObject({ status: 'disabled' })
}
async function connectAgain(): Promise<void> {
  await world.simulate('authorize', { account: vendorId })
  await merchant.command('stripe', 'activate')
}

const needed = async (bc: string) => (await world.billingCustomer(bc)).needs_person?.reason
const submit = (page: Awaited<ReturnType<Merchant['open']>>['page']) => merchant.submit('stripe', page)

test('restricted while the form is open: the page refuses it, and offers it again afterwards', async () => {
  const { bc, page } = await merchant.open()
  await permit(false)
  expect((await page.progress()).body.gateways).toEqual([])
  expect((await submit(page)).status).toBe(400)
  expect(await chargesOf(bc)).toEqual([])
  await permit(true)
  await until(async () => (await page.progress()).body.gateways.length === 1)
  expect((await submit(page)).status).toBe(202)
  expect(await merchant.ended(bc)).toBe('completed')
  expect(await chargesOf(bc)).toHaveLength(1)
})

// Stripe repeats the rejection for the key of the confirmation, which must not be used for a day.
test('restricted between the payment and its confirmation: it waits, and is charged once afterwards', async () => {
  const { bc, page } = await merchant.open()
  const confirm = await world.hold('/v1/payment_intents/*/confirm')
  await submit(page)
  await confirm.reached()
  await world.simulate(`settings?account=${vendorId}`, { charges_enabled: false })
  await confirm.release()
  await until(async () => (await needed(bc)) === 'gateway_refused')
  expect(await chargesOf(bc)).toEqual([])
  await permit(true)
  expect(await merchant.ended(bc)).toBe('completed')
  expect(await chargesOf(bc)).toHaveLength(1)
})

/** Pays, and then disconnects the account. Returns the id of the charge, and the card at Stripe. */
async function paidThenDisconnected() {
  const { bc, page } = await merchant.open()
  await submit(page)
  expect(await merchant.ended(bc)).toBe('completed')
  const [charge] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  await disconnect()
  return { bc, charge: charge!.id }
}

test('a refund while the account is disconnected is made once, when it is connected again', async () => {
  const { bc, charge } = await paidThenDisconnected()
  await merchant.native('POST', `/v1/charges/${charge}/refund`, { amount: 400, reason: 'a part' })
  await until(async () => (await world.eventTypes(bc)).some((type) => /refund_failed|needs_person/.test(type)))
  expect(await chargesOf(bc)).toMatchObject([{ refunded_amount: 0 }])
  await connectAgain()
  await until(async () => (await chargesOf(bc))[0].refunded_amount === 400)
})

test('closing while the account is disconnected refunds and removes the card when it is connected again', async () => {
  const { bc } = await paidThenDisconnected()
  await merchant.native('POST', `/v1/billing_customers/${bc}/close`, { reason: 'the end', refund_initial: true })
  await connectAgain()
  await until(async () => (await chargesOf(bc))[0].refunded_amount === 1500)
  await until(async () => (await world.sql`select from method_releases where billing_customer_id = ${bc}`).length === 0)
  expect((await world.ledger(bc)).methods).toEqual([])
})

test('canceled while disconnected at the bank: it ends when connected again, with no charge and no card', async () => {
  const { bc, page } = await merchant.open()
  await page.submitCard('4000002760003184', undefined, merchant.publishableKey)
  await until(async () => (await page.progress()).body.action?.type === 'stripe_next_action')
  await disconnect()
  await merchant.native('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' })
  await until(async () => (await needed(bc)) === 'gateway_refused')
  expect((await world.billingCustomer(bc)).onboarding.status).toBe('pending')
  await connectAgain()
  expect(await merchant.ended(bc)).toBe('canceled')
  expect(await chargesOf(bc)).toEqual([])
  const [object] = await world.sql`
    select p.state from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc}`
  expect(object).toEqual({ state: 'dead' })
})

test('own_or_shared: no other account replaces one that Stripe restricts, until it is drained', async () => {
  await merchant.use('own_or_shared')
  const { bc, page } = await merchant.open()
  const offered = async () => (await page.progress()).body.gateways
  await permit(false)
  expect(await offered()).toEqual([])
  await expect(merchant.open()).rejects.toThrow('no gateway account of the organization is active in sandbox')
  await merchant.command('stripe', 'drain')
  expect(await offered()).toEqual(['stripe'])
  await merchant.command('stripe', 'activate')
  expect(await offered()).toEqual([])
  await permit(true)
  expect((await submit(page)).status).toBe(202)
  expect(await merchant.ended(bc)).toBe('completed')
  expect(await chargesOf(bc)).toHaveLength(1)
})

test('own_or_shared: customers pay as before until Stripe permits an account for the first time', async () => {
  const { org_id, brand_id, secret_key, item_id } = world.seeds.other_org
  expect((await connectToPlatform(world, {}, secret_key)).body).toMatchObject({ status: 'pending' })
  await world.asNative('PATCH', '/v1/settings', { gateway_accounts: 'own_or_shared' }, secret_key)
  await callersExpired()
  const { page } = await world.openSetup(undefined, { api_key: secret_key, org_id, brand_id, bi_id: item_id })
  expect((await page.progress()).body.gateways).toEqual(['stripe'])
})

test('nothing was ever charged, refunded or removed at the account of the platform', async () => {
  const { body } = await world.simulate('ledger?account=acct_sim_default')
  expect(body).toMatchObject({ charges: [], refunds: [], payment_methods: [], customers: [] })
})
