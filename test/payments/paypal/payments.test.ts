import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { fillLimitOfOne } from '../../support/payments/limit-of-one.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 700, paypal: true })
})
afterEach(async () => {
  await world.clearFaults()
  await world.clearPayPalFaults()
})
afterAll(() => world.close())

/** Wallets that this onboarding saved and that PayPal still has. */
async function walletsOf(bc: string): Promise<string[]> {
  const made = await world.sql<{ methodId: string }[]>`
    select a.method_id from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc} and a.method_id is not null`
  const { body } = await world.simulatePayPal('ledger')
  const there = new Set(body.payment_methods.map(({ id }: { id: string }) => id))
  return made.map(({ methodId }) => methodId).filter((id) => there.has(id))
}

const notPaying = (page: { progress(): Promise<{ body: { paying: boolean } }> }) =>
  until(async () => !(await page.progress()).body.paying)

test('a customer pays with PayPal: charged once, active, enrolled', async () => {
  const { bc, page } = await world.openSetup()
  expect((await page.progress()).body.gateways).toEqual(['stripe', 'paypal'])
  expect((await page.submitPayPal()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  const { body } = await world.edge('getCustomer', { bc_id: bc })
  expect(body.data).toMatchObject({ bc_status: 'active', bc_gateway: 'paypal', bc_initial_charged: 1 })
  expect(body.enrollments).toHaveLength(1)
})

test('the session is created once and reused; without an approval it is not paid with', async () => {
  const { bc, page } = await world.openSetup()
  const [first, second] = [await page.openPayPal(), await page.openPayPal()]
  expect(second.body).toEqual(first.body)
  await page.submitPayPalToken(first.body.setup_token)
  await notPaying(page)
  expect((await page.progress()).body.steps[1].message).toContain('PayPal needs your approval again')
  expect(await world.payPalCharges(bc)).toEqual([])
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
})

test('a token of someone else’s session is rejected', async () => {
  const [mine, theirs] = [await world.openSetup(), await world.openSetup()]
  const { body } = await theirs.page.openPayPal()
  expect((await mine.page.submitPayPalToken(body.setup_token)).status).toBe(400)
})

test('if the organization allows only cards, PayPal is neither offered nor accepted', async () => {
  const { page } = await world.openSetup()
  const { body } = await page.openPayPal()
  const allow = (value: string) =>
    world.admin('set-setting', { organization: world.seeds.org_id, environment: 'sandbox', name: 'gateways', value })
  await allow('["stripe"]')
  expect((await page.progress()).body.gateways).toEqual(['stripe'])
  expect((await page.openPayPal()).status).toBe(400)
  expect((await page.submitPayPalToken(body.setup_token)).body.error.param).toBe('gateway')
  await allow('["stripe","paypal"]')
})

test('the customer returns by redirect: the service reads the approval and continues', async () => {
  const { bc, page } = await world.openSetup()
  const { body } = await page.openPayPal()
  const approved = await world.simulatePayPal('approve', { setup_token: body.setup_token, outcome: 'approve' })
  const back = world.pageOf(approved.body.redirect_url)
  expect((await back.actionCompleted()).body.paying).toBe(true)
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
})

test('at a limit a return from PayPal gets the same answer as a submission: 429 or 409, and why', async () => {
  const { bc, page } = await world.openSetup()
  const { body } = await page.openPayPal()
  const approved = await world.simulatePayPal('approve', { setup_token: body.setup_token, outcome: 'approve' })
  const back = world.pageOf(approved.body.redirect_url)
  const told = ({ status, body, headers }: Answer) => [
    status,
    body.refusal,
    body.paying,
    Number(headers.get('Retry-After')) > 0,
  ]
  const both = async () => [await back.actionCompleted(), await page.submitPayPalToken(body.setup_token)].map(told)
  const limit = await fillLimitOfOne(world)
  for (const answer of await both()) expect(answer).toEqual([429, 'slow_down', false, true])

  await limit.end()
  await page.submitCard('4000000000000002')
  await notPaying(page)
  const set = (values: object) => world.asNative('PATCH', '/v1/settings', values)
  await set({ declines_per_window: 1 })
  for (const answer of await both()) expect(answer).toEqual([429, 'cool_down', false, true])
  await set({ declines_per_window: null, attempts_per_link: 1 })
  for (const answer of await both()) expect(answer).toEqual([409, 'too_many_attempts', false, false])
  await set({ attempts_per_link: null })
  expect((await back.actionCompleted()).body.paying).toBe(true)
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
})

test('an approval at PayPal that was not submitted is ignored while the bank asks about a card', async () => {
  const { bc, page } = await world.openSetup()
  const { body } = await page.openPayPal()
  await world.simulatePayPal('approve', { setup_token: body.setup_token, outcome: 'approve' })
  await page.submitCard('4000002760003184')
  const asked = await until(
    () => page.progress(),
    (progress) => progress.body.action !== undefined,
  )
  world.secrets.add(asked.body.action.client_secret)
  await page.actionCompleted()
  await world.simulate('authenticate', {
    payment_intent: asked.body.action.client_secret.split('_secret_')[0],
    outcome: 'succeed',
  })
  await page.actionCompleted()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toEqual([])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test.each([
  ['INSTRUMENT_DECLINED', 'PayPal declined the payment'],
  ['PAYER_ACCOUNT_LOCKED_OR_CLOSED', 'This PayPal account cannot be used here'],
  ['DECLINED', 'PayPal declined the payment'],
])('a capture that ends in %s is shown plainly, and a card pays', async (code, words) => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault('/v2/checkout/orders', 'decline', { code })
  await page.submitPayPal()
  await notPaying(page)
  expect((await page.progress()).body.steps[1].message).toContain(words)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toEqual([])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('the card is declined, then PayPal pays; the card’s payment can never be confirmed', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await notPaying(page)
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  expect((await world.ledger(bc)).charges).toEqual([])
  const [object] = await world.sql<{ objectId: string }[]>`
    select p.object_id from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} and p.gateway = 'stripe'`
  const { body } = await world.request(`${world.simulator.url}/v1/payment_intents/${object!.objectId}`, {
    headers: { Authorization: 'Bearer sk_test_world' },
  })
  expect(body.status).toBe('canceled')
})

test('a pending capture blocks another try, and pays when PayPal completes it', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault('/v2/checkout/orders', 'decline', { code: 'PENDING' })
  await page.submitPayPal()
  await until(async () => (await world.billingCustomer(bc)).onboarding.attempt_state === 'processing')
  expect((await page.submitCard()).status).toBe(409)
  const [charge] = await world.payPalCharges(bc)
  await world.simulatePayPal(`captures/${charge.id}`, { status: 'COMPLETED' })
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toEqual([])
})

test('canceled while the capture is in progress: no charge remains, the payment token is deleted', async () => {
  const { bc, page } = await world.openSetup()
  const capture = await world.holdAtPayPal('/v2/checkout/orders')
  await page.submitPayPal()
  await capture.reached()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'changed their mind' })
  await capture.release()
  expect(await world.ended(bc)).toBe('canceled')
  // It was captured and returned, or the deleted token kept it from being captured: whichever came first.
  const standing = (await world.payPalCharges(bc)).filter((charge) => charge.refunded_amount < charge.amount)
  expect(standing).toEqual([])
  expect(await walletsOf(bc)).toEqual([])
})

test('if nothing is charged, a wallet is saved', async () => {
  const { body } = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    require_initial: 0,
    bi_id: world.seeds.item_id,
  })
  await world.pageOf(body.data.setup_url).submitPayPal({ amount: 0, currency: 'USD' })
  expect(await world.ended(body.billing_customer_id)).toBe('completed')
  expect(await world.payPalCharges(body.billing_customer_id)).toEqual([])
  const read = await world.edge('getCustomer', { bc_id: body.billing_customer_id })
  expect(read.body.data.bc_payment_data.pm_id).not.toBe('')
})
