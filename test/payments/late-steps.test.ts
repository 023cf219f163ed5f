import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { recordRefund } from '../../store/charges/refunds.ts'
import { Gate } from '../support/gateways/gate.ts'
import { createWorld, type World } from '../support/world/world.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { findCharge } from '../../store/charges/charges.ts'

// A step whose worker was frozen continues long after others did its work. `late` is such a worker: its calls to the
// gateways are held at a gate. `drive` calls the steps of the others, as a run would.

type Steps = World['activities']
let world: World
let stripe: Gate
let paypal: Gate
let late: Steps
let prompt: Steps
beforeAll(async () => {
  world = await createWorld({
    worker: false,
    paypal: true,
    longestRetryPause: 300,
    gatewayTimeout: 30_000,
    settings: { paypalOrderFlow: 'two_step' },
  })
  for (const simulator of [world.simulator, world.paypal!])
    simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none', webhookId: 'none' })
  stripe = await Gate.open(world.simulator.url)
  paypal = await Gate.open(world.paypal!.url)
  late = world.activitiesWith(world.gatewaysAt({ stripe: stripe.url, paypal: paypal.url }))
  prompt = world.activities
})
afterEach(async () => {
  await world.clearFaults()
  await world.clearPayPalFaults()
})
afterAll(async () => {
  await stripe.close()
  await paypal.close()
  await world.close()
})

async function open(extra?: object) {
  const setup = await world.openSetup(undefined, extra)
  return { ...setup, reference: await referenceOf(setup.bc) }
}

async function referenceOf(bc: string): Promise<OnboardingReference> {
  const [row] = await world.sql<OnboardingReference[]>`
    select environment, organization_id, billing_customer_id, id as onboarding_id from onboardings
    where billing_customer_id = ${bc} and ended_at is null`
  return row!
}

/** Does what a run does until it must wait. Returns for what. */
async function drive(reference: OnboardingReference): Promise<string> {
  for (;;) {
    const { next, progress } = (await prompt.lookAtRecord(reference, null))!
    if (next === 'pay') await prompt.takePayment(reference)
    else if (next === 'activate') await prompt.activateAndEnroll(reference)
    else if (next === 'close') {
      if ((await prompt.closePayment(reference)) === 'closed') await prompt.endOnboarding(reference)
    } else return next === 'nothing' ? progress.status : next
  }
}

const cancel = (bc: string) => world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
const statusOf = async (bc: string) => (await world.billingCustomer(bc)).status
const objectsOf = ({ onboardingId }: OnboardingReference) => world.sql<
  { gateway: string; state: string; id: string }[]
>`
  select gateway, state, object_id as id from payment_objects where onboarding_id = ${onboardingId} order by k`
const authenticate = (payment_intent: string) => world.simulate('authenticate', { payment_intent, outcome: 'succeed' })

/** The wallet that pays for an active customer, if PayPal still has it. */
async function walletOf(bc: string): Promise<string | undefined> {
  const [row] = await world.sql<
    { id: string }[]
  >`select payment_method_id as id from billing_customers where id = ${bc}`
  const { body } = await world.simulatePayPal('ledger')
  return body.payment_methods.find(({ id }: { id: string }) => id === row!.id)?.id
}
async function wallets(): Promise<number> {
  return (await world.simulatePayPal('ledger')).body.payment_methods.length
}

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

test('a step that hears late of a stored failure does not send the card that the customer submitted meanwhile', async () => {
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
  await recordRefund(world.sql, (await findCharge(world.sql, row!.id))!, { id: 're_late', state: 'failed' })
  await held.release()
  await closing
  expect((await findCharge(world.sql, row!.id))!.state).toBe('refund_failed')
})
