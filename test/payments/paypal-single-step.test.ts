import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SetupPage } from '../support/world/setup-page.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 700, paypal: true })
  await setFlow('single_step')
})
afterEach(async () => {
  await world.clearPayPalFaults()
  hearEvents()
})
afterAll(() => world.close())

const set = (name: string, value: string) =>
  world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name,
    value: `"${value}"`,
  })
const setFlow = (flow: string) => set('paypal_order_flow', flow)
const orders = '/v2/checkout/orders'
const hearEvents = (path = '/webhooks/paypal') =>
  world.paypal!.sendEventsTo({ url: `${world.apiUrl}${path}`, webhookId: 'WHTESTONLY' })
const cancel = (bc: string) => world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' })

const objectsOf = (bc: string) =>
  world.sql<{ k: number; atOnce: boolean; sentAt: Date | null; objectId: string | null; state: string }[]>`
    select p.k, p.at_once, p.sent_at, p.object_id, p.state
      from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} order by p.k`
const chargeOf = async (bc: string) =>
  (
    await world.sql<{ id: string; state: string }[]>`
    select id, state from charges where billing_customer_id = ${bc} order by k desc limit 1`
  )[0]!

/** Wallets that PayPal has of this onboarding. */
async function wallets(bc: string): Promise<number> {
  const made = await world.sql<{ methodId: string }[]>`
    select a.method_id from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc} and a.method_id is not null`
  const { body } = await world.simulatePayPal('ledger')
  return made.filter(({ methodId }) => body.payment_methods.some(({ id }: { id: string }) => id === methodId)).length
}

/** Returns the calls that created this onboarding's orders, their request ids, and the number of captures. */
async function asked(bc: string) {
  const [row] = await world.sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
  const { body } = await world.simulatePayPal('requests')
  const mine = body.requests.filter(({ key }: { key: string | null }) => key?.startsWith(row!.id))
  const keys = mine.filter(({ path }: { path: string }) => path === orders).map(({ key }: { key: string }) => key)
  const captures = mine.filter(({ path }: { path: string }) => path.endsWith('/capture')).length
  return { keys: new Set<string>(keys), times: keys.length, captures }
}

const declinedWith = (page: SetupPage, words: string) =>
  until(
    () => page.progress(),
    ({ body }) => !body.paying && (body.steps[1].message ?? '').includes(words),
  )
const waitsForPerson = (bc: string) =>
  until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'operator')

/** The first call was so long ago that PayPal has forgotten its request id. */
async function forget(bc: string): Promise<void> {
  await until(async () => (await objectsOf(bc))[0]?.sentAt)
  await world.simulatePayPal('clock', { advance_seconds: 7 * 3600 })
  await world.sql`
    update payment_objects set sent_at = sent_at - interval '7 hours'
    where onboarding_id in (select id from onboardings where billing_customer_id = ${bc})`
}

/** Fails each call for the payment until PayPal has forgotten the first: the outcome is unknown, a person is needed. */
async function nobodyKnows(fault: 'lose_answer' | 'lose_request') {
  const opened = await world.openSetup()
  await world.payPalFault(orders, fault, { times: 100 })
  await opened.page.submitPayPal()
  await forget(opened.bc)
  await waitsForPerson(opened.bc)
  return opened
}

test('one call creates and captures: charged once, active, enrolled', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  expect(await asked(bc)).toMatchObject({ keys: { size: 1 }, captures: 0 })
  expect(await objectsOf(bc)).toMatchObject([{ atOnce: true, state: 'paid', objectId: expect.any(String) }])
  const { body } = await world.edge('getCustomer', { bc_id: bc })
  expect(body.data).toMatchObject({ bc_status: 'active', bc_gateway: 'paypal', bc_initial_charged: 1 })
  expect(body.enrollments).toHaveLength(1)
  expect(await wallets(bc)).toBe(1)
})

test('after a change to two steps, the next onboarding creates first and then captures', async () => {
  await setFlow('two_step')
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect((await asked(bc)).captures).toBeGreaterThan(0)
  await setFlow('single_step')
})

test('after a decline the wallet is removed, and another approval pays under its own key', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline')
  await page.submitPayPal()
  await declinedWith(page, 'PayPal declined the payment')
  expect(await objectsOf(bc)).toMatchObject([{ state: 'dead', objectId: null }])
  await until(async () => (await wallets(bc)) === 0)
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  expect((await asked(bc)).keys.size).toBe(2)
  expect(await wallets(bc)).toBe(1)
})

test('a capture that is declined in its order is a decline, and a card pays', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline', { code: 'DECLINED' })
  await page.submitPayPal()
  await declinedWith(page, 'PayPal declined the payment')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toEqual([])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(await wallets(bc)).toBe(0)
})

test('a pending capture pays when PayPal completes it', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline', { code: 'PENDING' })
  await page.submitPayPal()
  await until(async () => (await world.billingCustomer(bc)).onboarding.attempt_state === 'processing')
  const [charge] = await world.payPalCharges(bc)
  await world.simulatePayPal(`captures/${charge.id}`, { status: 'COMPLETED' })
  expect(await world.ended(bc)).toBe('completed')
})

test.each([
  ['lose_request', 1],
  ['lose_answer', 3],
  ['error_before', 1],
  ['error_after', 1],
  ['reset', 1],
  ['rate_limit', 1],
  ['key_in_use', 1],
])('%s (%d in a row): retried with the same request id, one charge', async (fault, times) => {
  hearEvents('/nowhere')
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, fault, { times })
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  expect((await asked(bc)).keys.size).toBe(1)
})

test('if the account requires unique invoice ids, a repeated call is not a second payment', async () => {
  await world.simulatePayPal('settings', { unique_invoice_ids: true })
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'error_after')
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  await world.simulatePayPal('settings', { unique_invoice_ids: false })
})

test('a request that PayPal rejects waits for an operator, and continues under a new key once fixed', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline', { code: 'PAYEE_ACCOUNT_RESTRICTED' })
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.eventTypes(bc)).toContain('onboarding.needs_person')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  expect((await asked(bc)).keys.size).toBe(2)
})

test('an unknown payment with this invoice id needs an operator, and no other payment is requested', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline', { code: 'DUPLICATE_INVOICE_ID', times: 100 })
  await page.submitPayPal()
  await waitsForPerson(bc)
  expect((await world.billingCustomer(bc)).needs_person.reason).toBe('outcome_unknown')
  expect(await world.reasonsForPerson(bc)).toEqual(['outcome_unknown'])
  expect(await chargeOf(bc)).toMatchObject({ state: 'unknown' })
  expect((await page.submitCard()).status).toBe(409)
  expect((await asked(bc)).keys.size).toBe(1)
})

test.each([
  ['keep', 'succeeded'],
  // Without its order nothing can be returned: that is a person's again.
  ['refund', 'refund_failed'],
])(
  'a response lost for longer than PayPal remembers: no call is repeated, an operator confirms the payment (%s)',
  async (policy, state) => {
    await set('initial_charge_policy', policy)
    hearEvents('/nowhere')
    const { bc, page } = await nobodyKnows('lose_answer')
    const charge = await chargeOf(bc)
    expect(charge.state).toBe('unknown')
    expect((await page.submitCard()).status).toBe(409)
    await world.clearPayPalFaults()
    await world.asNative('POST', `/v1/charges/${charge.id}/resolve`, { outcome: 'keep', reason: 'seen at PayPal' })
    expect(await world.ended(bc)).toBe('completed')
    expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
    await until(async () => (await chargeOf(bc)).state === state)
    await set('initial_charge_policy', 'keep')
  },
)

test('a request lost for longer than that: an operator reports that it never happened, and a card pays', async () => {
  const { bc, page } = await nobodyKnows('lose_request')
  const { id } = await chargeOf(bc)
  await world.asNative('POST', `/v1/charges/${id}/resolve`, { outcome: 'never_happened', reason: 'not at PayPal' })
  await declinedWith(page, 'cannot be used')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toEqual([])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('canceled while it is unknown whether it was paid: waits for an operator until that is known', async () => {
  const { bc } = await nobodyKnows('lose_request')
  await cancel(bc)
  await until(async () => (await wallets(bc)) === 0)
  expect((await world.billingCustomer(bc)).onboarding.status).toBe('pending')
  const { id } = await chargeOf(bc)
  await world.asNative('POST', `/v1/charges/${id}/resolve`, { outcome: 'never_happened', reason: 'not at PayPal' })
  expect(await world.ended(bc)).toBe('canceled')
  expect(await world.payPalCharges(bc)).toEqual([])
})

test('an event of PayPal names the unknown order: it is read, and the onboarding continues automatically', async () => {
  hearEvents('/nowhere')
  const { bc } = await nobodyKnows('lose_answer')
  hearEvents()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  expect(await chargeOf(bc)).toMatchObject({ state: 'succeeded' })
})

test.each([
  ['lose_answer', 'paid, and returned once', 1],
  ['lose_request', 'never paid', 0],
])('canceled while every call ends with %s: %s, no wallet stays', async (fault, _, paid) => {
  hearEvents('/nowhere')
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, fault, { times: 100 })
  await page.submitPayPal()
  await until(async () => (await asked(bc)).times > 0)
  await cancel(bc)
  await until(async () => (await wallets(bc)) === 0)
  await world.clearPayPalFaults()
  expect(await world.ended(bc)).toBe('canceled')
  const charges = await world.payPalCharges(bc)
  expect(charges.map(({ refunded_amount }) => refunded_amount)).toEqual(paid ? [1500] : [])
  expect(await chargeOf(bc)).toMatchObject({ state: paid ? 'refunded' : 'canceled' })
})

test('canceled while a call with a caller’s wallet is lost: repeated, refunded once, the wallet stays', async () => {
  hearEvents('/nowhere')
  const wallet = await world.payPalWallet()
  await world.payPalFault(orders, 'lose_request', { times: 100 })
  const asking = world.edge('createCustomer', {
    contact_id: world.newContact(),
    gateway: 'paypal',
    payment_data: { vault_token: wallet },
  })
  const [row] = await until(
    () => world.sql<{ billingCustomerId: string }[]>`
      select o.billing_customer_id from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where a.reference = ${wallet} and a.sent_at is not null`,
    ({ length }) => length === 1,
  )
  const bc = row!.billingCustomerId
  await cancel(bc)
  await world.clearPayPalFaults()
  expect(await world.ended(bc)).toBe('canceled')
  expect(await world.payPalCharges(bc)).toMatchObject([{ refunded_amount: 1500 }])
  expect((await world.atPayPal('GET', `/v3/vault/payment-tokens/${wallet}`)).status).toBe(200)
  await asking
})
