import { expect, test } from 'vitest'
import { recordRefund } from '../../store/charges/refunds.ts'
import { listRefunds } from '../../store/charges/refund-rows.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { findCharge } from '../../store/charges/charges.ts'
import {
  withLateSteps,
  world,
  stripe,
  paypal,
  late,
  prompt,
  open,
  referenceOf,
  drive,
  cancel,
  walletOf,
} from '../support/payments/late-steps.ts'

// Steps of card payments whose worker was frozen and that continue long after others did their work.

withLateSteps()

const statusOf = async (bc: string) => (await world.billingCustomer(bc)).status

const objectsOf = ({ onboardingId }: OnboardingReference) => world.sql<
  { gateway: string; state: string; id: string }[]
>`
  select gateway, state, object_id as id from payment_objects where onboarding_id = ${onboardingId} order by k`

const authenticate = (payment_intent: string) => world.simulate('authenticate', { payment_intent, outcome: 'succeed' })
const bankAsks = '4000002760003184'
const declines = '4000000000000002'

test('a late closing of an onboarding that was paid at the last moment and completed undoes nothing', async () => {
  const { bc, page, reference } = await open()
  await page.submitCard(bankAsks)
  await drive(reference)
  const [intent] = await objectsOf(reference)
  await authenticate(intent!.id)
  await world.sql`update onboardings set expires_at = now() - interval '1 day' where id = ${reference.onboardingId}`
  expect(await prompt.lookAtRecord(reference, null)).toMatchObject({ next: 'close' })
  const reading = stripe.hold(`GET /v1/payment_intents/${intent!.id}`, 'after')
  const closing = late.closePayment(reference)
  await reading.reached()
  expect(await drive(reference)).toBe('completed')
  await reading.release()
  await closing
  const { charges, refunds, methods } = await world.ledger(bc)
  expect([charges.length, refunds.length, methods.length]).toEqual([1, 0, 1])
  expect(await statusOf(bc)).toBe('active')
})

test('a late card payment after the customer switched to PayPal: the wallet stays, charged once', async () => {
  const { bc, page, reference } = await open()
  await page.submitCard(declines)
  const held = stripe.hold(`${reference.onboardingId}/confirm/1/1`, 'before')
  const paying = late.takePayment(reference)
  await held.reached()
  await drive(reference)
  await page.submitPayPal()
  expect(await drive(reference)).toBe('completed')
  await held.release()
  expect(await paying).toMatchObject({ outcome: 'nothing_to_do' })
  expect(await walletOf(bc)).toBeDefined()
  expect(await world.payPalCharges(bc)).toMatchObject([{ refunded_amount: 0 }])
})

test('a late card payment while an order is being created: no object besides the two that are needed', async () => {
  const { bc, page, reference } = await open()
  await page.submitCard(declines)
  const first = stripe.hold(`${reference.onboardingId}/confirm/1/1`, 'before')
  const paying = late.takePayment(reference)
  await first.reached()
  await drive(reference)
  await page.submitPayPal()
  const second = paypal.hold(`${reference.onboardingId}/payment/2`, 'after')
  const other = late.takePayment(reference)
  await second.reached()
  await first.release()
  await paying
  await second.release()
  await other
  expect(await drive(reference)).toBe('completed')
  expect(await objectsOf(reference)).toMatchObject([
    { gateway: 'stripe', state: 'dead' },
    { gateway: 'paypal', state: 'paid' },
  ])
  expect(await world.payPalCharges(bc)).toHaveLength(1)
})

test('a late read of an object on which the bank asks meanwhile: the confirmation stays open', async () => {
  const { page, reference } = await open()
  await page.submitCard(declines)
  await drive(reference)
  await page.submitCard(bankAsks)
  const [intent] = await objectsOf(reference)
  const reading = stripe.hold(`GET /v1/payment_intents/${intent!.id}`, 'before')
  const paying = late.takePayment(reference)
  await reading.reached()
  await drive(reference)
  await reading.release()
  await paying.catch(() => {})
  const { body: left } = await world.atStripe('GET', `/v1/payment_intents/${intent!.id}`)
  expect(left.status).toBe('requires_action')
})

test('a late settlement of an earlier charge that was adopted meanwhile does not refund it', async () => {
  const { contact, bc, page, reference } = await open()
  await page.submitCard()
  await prompt.takePayment(reference)
  // As a database restored from a backup has it: ended, and that the object was paid is not known.
  await world.sql`update payment_objects set state = 'open' where onboarding_id = ${reference.onboardingId}`
  await world.sql`update charges set state = 'open' where onboarding_id = ${reference.onboardingId}`
  await world.sql`update onboardings set result = 'failed', ended_at = now(), wake_at = null
    where id = ${reference.onboardingId}`
  const next = await world.openSetup(contact)
  await next.page.submitCard()
  const again = await referenceOf(bc)
  const [intent] = await objectsOf(reference)
  const reading = stripe.hold(`GET /v1/payment_intents/${intent!.id}`, 'after')
  const settling = late.takePayment(again)
  await reading.reached()
  expect(await drive(again)).toBe('completed')
  await reading.release()
  await settling
  const { charges, refunds } = await world.ledger(bc)
  expect([charges.length, refunds.length]).toEqual([1, 0])
  expect(await statusOf(bc)).toBe('active')
})

test('a late success of a refund that failed at the bank since: an operator is still needed', async () => {
  const { bc, page, reference } = await open()
  await page.submitCard()
  await prompt.takePayment(reference)
  await cancel(bc)
  const held = stripe.hold(`${reference.onboardingId}/refund`, 'after')
  const closing = late.closePayment(reference)
  await held.reached()
  expect(await drive(reference)).toBe('canceled')
  const [row] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  const [refund] = await listRefunds(world.sql, [row!.id])
  const failed = { state: 'failed', why: 'failed_at_gateway' } as const
  await recordRefund(world.sql, (await findCharge(world.sql, row!.id))!, refund!, failed)
  await held.release()
  await closing
  expect((await findCharge(world.sql, row!.id))!.state).toBe('refund_failed')
})

test('a late stored failure does not send the card that the customer submitted meanwhile', async () => {
  const { bc, page, reference } = await open()
  await page.submitCard(declines)
  await world.fault('/v1/payment_intents/*/confirm', 'error_kept')
  await expect(prompt.takePayment(reference)).rejects.toThrow('http_500')
  const held = stripe.hold(`${reference.onboardingId}/confirm/1/1/1`, 'after')
  const paying = late.takePayment(reference)
  await held.reached()
  await drive(reference)
  await page.submitCard(bankAsks)
  await held.release()
  expect(await paying).toEqual({ outcome: 'nothing_to_do' })
  const attempts = await world.sql`
    select state, sent_at is not null as sent from payment_attempts
    where onboarding_id = ${reference.onboardingId} order by number`
  expect(attempts).toEqual([
    { state: 'declined', sent: true },
    { state: 'open', sent: false },
  ])
  expect(await drive(reference)).toBe('wait_for_bank')
  expect((await world.ledger(bc)).charges).toEqual([])
})
