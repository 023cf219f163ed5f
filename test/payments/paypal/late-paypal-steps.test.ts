import { expect, test } from 'vitest'
import type { OnboardingReference } from '../../../domain/reference.ts'
import {
  withLateSteps,
  world,
  paypal,
  late,
  open,
  referenceOf,
  drive,
  cancel,
  walletOf,
} from '../../support/payments/late-steps.ts'

// Steps of PayPal payments whose worker was frozen and that continue long after others did their work.

withLateSteps()

async function wallets(): Promise<number> {
  return (await world.simulatePayPal('ledger')).body.payment_methods.length
}

test.each([
  ['the payment token was made', 'method/1'],
  ['the order was created', 'payment/1'],
  ['the order was captured', 'confirm/1'],
])('a late result that %s, when the onboarding completed: the wallet stays, charged once', async (_, call) => {
  const { bc, page, reference } = await open()
  await page.submitPayPal()
  const held = paypal.hold(`${reference.onboardingId}/${call}`, 'after')
  const paying = late.takePayment(reference)
  await held.reached()
  expect(await drive(reference)).toBe('completed')
  await held.release()
  await paying
  expect(await walletOf(bc)).toBeDefined()
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

test('a late capture with the caller’s wallet after the onboarding was canceled: refunded immediately', async () => {
  const owner = await open()
  await owner.page.submitPayPal()
  await drive(owner.reference)
  const vault_token = (await walletOf(owner.bc))!
  const contact_id = world.newContact()
  const asking = world.edge('createCustomer', { contact_id, gateway: 'paypal', payment_data: { vault_token } })
  const bc = await expect
    .poll(() => world.sql`select 1 from payment_attempts where reference = ${vault_token}`)
    .toHaveLength(1)
    .then(
      () => world.sql<{ id: string }[]>`
      select o.billing_customer_id as id from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where a.reference = ${vault_token}`,
    )
    .then(([row]) => row!.id)
  const reference = await referenceOf(bc)
  const held = paypal.hold(`${reference.onboardingId}/confirm`, 'before')
  const paying = late.takePayment(reference)
  await held.reached()
  await cancel(bc)
  // Frozen for longer than a step may take: the call is no longer expected.
  await world.sql`
    update payment_attempts set sent_at = sent_at - interval '1 hour', last_sent_at = last_sent_at - interval '1 hour'
    where reference = ${vault_token}`
  expect(await drive(reference)).toBe('canceled')
  expect(await world.payPalCharges(bc)).toEqual([])
  await held.release()
  await paying
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 1500 }])
  const charges = await world.sql`select state, late from charges where billing_customer_id = ${bc}`
  expect(charges).toEqual([{ state: 'refunded', late: true }])
  expect(await world.reasonsForPerson(bc)).toEqual(['late_payment'])
  expect(await walletOf(owner.bc)).toBe(vault_token)
  await asking
})

/** Executes a capture whose call had been given up, without an event. */
async function captureLate({ onboardingId }: OnboardingReference): Promise<void> {
  const [row] = await world.sql<{ order: string; wallet: string }[]>`
    select p.object_id as order, a.method_id as wallet from payment_objects p
    join payment_attempts a on a.onboarding_id = p.onboarding_id and a.k = p.k where p.onboarding_id = ${onboardingId}`
  const payment_source = { paypal: { vault_id: row!.wallet } }
  const { status } = await world.atPayPal('POST', `/v2/checkout/orders/${row!.order}/capture`, { payment_source })
  expect(status).toBe(201)
}

// Nobody can know whether the call that removes it is still to come, so the record does not count on that wallet any
// more.
test('a late capture succeeds while its declined wallet is removed: reopened as paid, without a method', async () => {
  const { bc, page, reference } = await open()
  await world.payPalFault('/v2/checkout/orders/*/capture', 'decline')
  await world.payPalFault('/v3/vault/payment-tokens/*', 'error_before', { method: 'DELETE' })
  await page.submitPayPal()
  expect(await drive(reference)).toBe('wait_for_customer')
  await captureLate(reference)
  await world.sql`update onboardings set expires_at = now() - interval '1 day' where id = ${reference.onboardingId}`
  expect(await drive(reference)).toBe('completed')
  expect(await walletOf(bc)).toBeUndefined()
  expect(await world.eventTypes(bc)).toContain('billing_customer.payment_method_removed')
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

test('a late decline of a capture after another one paid: charged once, and the wallet stays', async () => {
  const { bc, page, reference } = await open()
  await page.submitPayPal()
  await world.payPalFault('/v2/checkout/orders/*/capture', 'decline')
  const held = paypal.hold(`${reference.onboardingId}/confirm`, 'after')
  const paying = late.takePayment(reference)
  await held.reached()
  await captureLate(reference)
  await held.release()
  await paying
  expect(await drive(reference)).toBe('completed')
  expect(await walletOf(bc)).toBeDefined()
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

test('canceled after its capture was executed and the response lost: refunded, and the wallet is deleted', async () => {
  const { bc, page, reference } = await open()
  const before = await wallets()
  await page.submitPayPal()
  const held = paypal.hold(`${reference.onboardingId}/confirm`, 'after')
  const paying = late.takePayment(reference)
  await held.reached()
  await cancel(bc)
  expect(await drive(reference)).toBe('canceled')
  await held.release()
  await paying
  expect(await wallets()).toBe(before)
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 1500 }])
})

test('a wallet that is saved late, after an onboarding without a charge was canceled, is deleted', async () => {
  const { body } = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    require_initial: 0,
    bi_id: world.seeds.item_id,
  })
  const bc = body.billing_customer_id
  const reference = await referenceOf(bc)
  const before = await wallets()
  await world.pageOf(body.data.setup_url).submitPayPal({ amount: 0, currency: 'USD' })
  const held = paypal.hold(`${reference.onboardingId}/confirm`, 'before')
  const saving = late.takePayment(reference)
  await held.reached()
  await cancel(bc)
  expect(await drive(reference)).toBe('canceled')
  await held.release()
  await saving
  expect(await wallets()).toBe(before)
  expect((await world.edge('getCustomer', { bc_id: bc })).body.data.bc_payment_data).toBeNull()
})
