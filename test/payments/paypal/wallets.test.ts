import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({
    longestRetryPause: 300,
    gatewayTimeout: 700,
    paypal: true,
    settings: { paypalOrderFlow: 'two_step' },
  })
})
afterEach(() => world.clearPayPalFaults())
afterAll(() => world.close())

const exchanges = '/v3/vault/payment-tokens'
const cancel = (bc: string) => world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' })

const setFlow = (flow: string) =>
  world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name: 'paypal_order_flow',
    value: `"${flow}"`,
  })

/** Wallets that PayPal has of this customer of ours, whoever knows of them. */
async function wallets(bc: string): Promise<string[]> {
  const { customer_id } = await world.billingCustomer(bc)
  const { body } = await world.simulatePayPal('ledger')
  const theirs = body.customers
    .filter(({ metadata }: { metadata: object }) => Object.values(metadata).includes(customer_id))
    .map(({ id }: { id: string }) => id)
  return body.payment_methods
    .filter(({ customer }: { customer: string }) => theirs.includes(customer))
    .map(({ id }: { id: string }) => id)
}

/** Returns the status of each exchange that this onboarding requested at PayPal; 0 while there is none. */
async function exchanged(bc: string): Promise<number[]> {
  const [row] = await world.sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
  const { body } = await world.simulatePayPal('requests')
  return body.requests
    .filter(({ path, key }: { path: string; key: string | null }) => path === exchanges && key?.startsWith(row!.id))
    .map(({ status }: { status: number }) => status)
}
const allAnswered = (bc: string) =>
  until(
    () => exchanged(bc),
    (statuses) => statuses.length > 0 && !statuses.includes(0),
  )

test('the wallet that paid stays', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  const { body } = await world.edge('getCustomer', { bc_id: bc })
  expect(await wallets(bc)).toEqual([body.data.bc_payment_data.pm_id])
})

test('the card is found paid while the customer chooses PayPal: one charge, no wallet at PayPal', async () => {
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none' })
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000002760003184')
  const { body } = await until(
    () => page.progress(),
    (progress) => progress.body.action !== undefined,
  )
  world.secrets.add(body.action.client_secret)
  await world.stopWorker() // so that nobody sees it paid before PayPal is chosen
  await world.simulate('authenticate', {
    payment_intent: body.action.client_secret.split('_secret_')[0],
    outcome: 'succeed',
  })
  expect((await page.submitPayPal()).status).toBe(202)
  await world.startWorker()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(await world.payPalCharges(bc)).toEqual([])
  expect(await wallets(bc)).toEqual([])
})

test('PayPal declines, then another approval pays: only the wallet that paid stays', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault('/v2/checkout/orders/*/capture', 'decline')
  await page.submitPayPal()
  await until(async () => !(await page.progress()).body.paying)
  await until(async () => (await wallets(bc)).length === 0)
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  const { body } = await world.edge('getCustomer', { bc_id: bc })
  expect(await wallets(bc)).toEqual([body.data.bc_payment_data.pm_id])
})

test('PayPal fails while a declined wallet is removed: the next attempt is not blocked and removes it', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault('/v2/checkout/orders/*/capture', 'decline')
  await world.payPalFault('/v3/vault/payment-tokens/*', 'error_before', { method: 'DELETE' })
  await page.submitPayPal()
  await until(async () => !(await page.progress()).body.paying)
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  await until(async () => (await wallets(bc)).length === 1)
})

test.each(['two_step', 'single_step'])(
  'a caller’s wallet that is deleted before the response to its payment, %s: found and reported as paid',
  async (flow) => {
    world.paypal!.sendEventsTo({ url: `${world.apiUrl}/nowhere`, webhookId: 'none' })
    await setFlow(flow)
    const wallet = await world.payPalWallet()
    await world.payPalFault(`/v2/checkout/orders${flow === 'two_step' ? '/*/capture' : ''}`, 'lose_answer')
    const asked = world.edge('createCustomer', {
      contact_id: world.newContact(),
      gateway: 'paypal',
      bi_id: world.seeds.item_id,
      payment_data: { vault_token: wallet },
    })
    const charges = async () => (await world.simulatePayPal('ledger')).body.charges.length
    const before = await charges()
    await until(async () => (await charges()) > before)
    await world.atPayPal('DELETE', `/v3/vault/payment-tokens/${wallet}`)
    const { body } = await asked
    expect(await world.ended(body.billing_customer_id)).toBe('completed')
    expect(await charges()).toBe(before + 1)
    await setFlow('two_step')
  },
)

test('canceled while no order can be captured: its wallet is deleted, nothing is charged', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault('/v2/checkout/orders/*/capture', 'error_before', { times: 100 })
  await page.submitPayPal()
  await until(async () => (await wallets(bc)).length === 1)
  await cancel(bc)
  expect(await world.ended(bc)).toBe('canceled')
  expect(await wallets(bc)).toEqual([])
  expect(await world.payPalCharges(bc)).toEqual([])
})

// The call takes longer than we wait for it, so that it is carried out when the onboarding is closed already.
test.each([
  ['to be charged', {}],
  ['to be saved only', { require_initial: 0 }],
])('canceled while a wallet %s is being made: none stays at PayPal', async (_, extra) => {
  const { body } = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    bi_id: world.seeds.item_id,
    ...extra,
  })
  const bc = body.billing_customer_id
  const exchange = await world.holdAtPayPal(exchanges)
  const shown = { amount: 'require_initial' in extra ? 0 : 1500, currency: 'USD' }
  await world.pageOf(body.data.setup_url).submitPayPal(shown)
  await exchange.reached()
  await cancel(bc)
  // Requested again: the first call was given up.
  await until(async () => (await exchanged(bc)).length > 1)
  await exchange.release()
  expect(await world.ended(bc)).toBe('canceled')
  await allAnswered(bc)
  expect(await wallets(bc)).toEqual([])
  expect(await world.payPalCharges(bc)).toEqual([])
})
