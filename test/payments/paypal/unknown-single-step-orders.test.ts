import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import {
  withSingleStepOrders,
  world,
  set,
  orders,
  hearEvents,
  objectsOf,
  wallets,
  asked,
  declinedWith,
} from '../../support/payments/single-step-orders.ts'

// Single-step PayPal orders whose outcome stays unknown, or that are canceled meanwhile.

withSingleStepOrders()

const cancel = (bc: string) => world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' })

const chargeOf = async (bc: string) =>
  (
    await world.sql<{ id: string; state: string }[]>`
    select id, state from charges where billing_customer_id = ${bc} order by k desc limit 1`
  )[0]!

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
