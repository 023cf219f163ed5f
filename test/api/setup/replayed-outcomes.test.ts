import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyedPost } from '../../support/keyed-post.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// Payment methods that a caller sends: the outcome of an attempt is replayed, a rejection without an attempt is not.

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const replayed = ({ headers }: Answer) => headers.get('Idempotent-Replayed')
const native = (body: object, key: string, path = '/v1/billing_customers') => keyedPost(world, path, key, body)
const edge = (body: object, key: string) => world.edge('createCustomer', body, { 'Idempotency-Key': key })
const attemptsOf = (contact: string) => world.sql`
  select a.state from payment_attempts a join onboardings o on o.id = a.onboarding_id
  join billing_customers b on b.id = o.billing_customer_id join customers c on c.id = b.customer_id
  where c.external_id = ${contact}`

test.each([
  ['native', native],
  ['edge', edge],
] as const)('%s: a repeat does not try a declined card again; another key does', async (_, call) => {
  const [contact_id, key] = [world.newContact(), randomUUID()]
  const body = { contact_id, payment_data: { pm_id: 'pm_card_chargeCustomerFail' } }
  const [first, again] = [await call(body, key), await call(body, key)]
  expect([first.status, replayed(first), again.status, replayed(again)]).toEqual([402, null, 402, 'true'])
  expect(again.body).toEqual(first.body)
  expect(await attemptsOf(contact_id)).toEqual([{ state: 'declined' }])
  expect([(await call(body, randomUUID())).status, await attemptsOf(contact_id)]).toMatchObject([402, { length: 2 }])
})

/** As a crash leaves a key: the work is done, and the response is not stored. */
const forgetAnswer = (key: string) =>
  world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = ${key}`

/** Replaces the payment method of a new active customer. */
async function replacement(body: { contact_id: string; payment_data: object }, key: string) {
  const active = { contact_id: body.contact_id, require_initial: false }
  const { body: opened } = await world.asNative('POST', '/v1/billing_customers', active)
  return native({ payment_data: body.payment_data }, key, `/v1/billing_customers/${opened.id}/payment_method`)
}

test.each([
  ['native', native],
  ['edge', edge],
  ['replacement', replacement],
] as const)('%s: a repeat whose response was lost does not ask the bank again; another key does', async (_, call) => {
  const [contact_id, key] = [world.newContact(), randomUUID()]
  const body = { contact_id, payment_data: { pm_id: 'pm_card_visa_chargeDeclined' } }
  const first = await call(body, key)
  await forgetAnswer(key)
  const [again, stored] = [await call(body, key), await call(body, key)]
  expect([first.status, again.status, replayed(again), replayed(stored)]).toEqual([402, 402, null, 'true'])
  expect(await attemptsOf(contact_id)).toEqual([{ state: 'declined' }])
  // A key that was released without an attempt does not find attempts from before it.
  await call(body, randomUUID())
  expect(await attemptsOf(contact_id)).toHaveLength(2)
})

test.each([
  ['native', native],
  ['edge', edge],
] as const)(
  '%s: rejected while the onboarding is ending; the same call with the same key pays later',
  async (_, call) => {
    const [contact_id, key] = [world.newContact(), randomUUID()]
    const { body: opened } = await world.asNative('POST', '/v1/billing_customers', { contact_id })
    await world.stopWorker()
    await world.asNative('POST', `/v1/billing_customers/${opened.id}/cancel`, { reason: 'a test' })
    const body = { contact_id, payment_data: { pm_id: 'pm_card_visa' } }
    for (const answer of [await call(body, key), await call(body, key)])
      expect([answer.status, replayed(answer), JSON.stringify(answer.body)]).toEqual([
        409,
        null,
        expect.stringContaining('is closing'),
      ])
    expect(await world.sql`select status, body from idempotency_keys where key = ${key}`).toEqual([
      { status: null, body: null },
    ])
    await world.startWorker()
    expect(await world.ended(opened.id)).toBe('canceled')
    const [paid, again] = [await call(body, key), await call(body, key)]
    expect([paid.status, replayed(paid), replayed(again)]).toEqual([200, null, 'true'])
    expect(again.body).toEqual(paid.body)
    expect((await world.ledger(opened.id)).charges).toHaveLength(1)
  },
)

test('edge: confirmPaymentMethod replays a decline by the bank after submission, but not one on the form', async () => {
  const contact_id = world.newContact()
  const setUp = async () => {
    const { body } = await world.edge('setupPaymentMethod', { contact_id })
    world.secrets.add(body.data.client_secret)
    return { bc: body.data.billing_customer_id as string, client_secret: body.data.client_secret as string }
  }
  const { bc, client_secret } = await setUp()
  const confirm = (key: string) =>
    world.edge('confirmPaymentMethod', { billing_customer_id: bc, gateway: 'stripe' }, { 'Idempotency-Key': key })
  const enter = (payment_method: string, secret = client_secret) =>
    world.simulate('confirm_setup', { client_secret: secret, payment_method })

  await enter('pm_card_visa_chargeDeclinedInsufficientFunds')
  const [onForm, onFormAgain] = [await confirm('confirm'), await confirm('confirm')]
  expect([onForm.status, replayed(onForm), onFormAgain.status, replayed(onFormAgain)]).toEqual([402, null, 402, null])

  // The same form takes another card; that one can be saved, and not charged.
  await enter('pm_card_chargeCustomerFail')
  const [first, again] = [await confirm('confirm'), await confirm('confirm')]
  expect([first.status, replayed(first), again.status, replayed(again)]).toEqual([402, null, 402, 'true'])
  expect(again.body).toEqual(first.body)
  expect(first.body).toMatchObject({ billing_customer_id: bc, errors: [expect.stringMatching(/^gateway: /)] })
  const declined = (await attemptsOf(contact_id)).length

  // Another card is another try: its key is another one.
  await enter('pm_card_visa', (await setUp()).client_secret)
  const [old, paid] = [await confirm('confirm'), await confirm('confirm-2')]
  expect([old.status, replayed(old), paid.status, paid.body.data.bc_status]).toEqual([402, 'true', 200, 'active'])
  expect(await attemptsOf(contact_id)).toHaveLength(declined + 1)
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a declined replacement is replayed; one rejected for the state of its customer runs again', async () => {
  const contact_id = world.newContact()
  const { body: opened } = await world.asNative('POST', '/v1/billing_customers', { contact_id })
  const path = `/v1/billing_customers/${opened.id}/payment_method`
  const good = { payment_data: { pm_id: 'pm_card_visa' } }
  const early = await native(good, 'replacement', path)
  expect([early.status, replayed(early)]).toEqual([409, null])
  const paid = await world.asNative('POST', '/v1/billing_customers', { contact_id, ...good })
  expect(paid.body.status).toBe('active')
  const [later, again] = [await native(good, 'replacement', path), await native(good, 'replacement', path)]
  expect([later.status, replayed(later), replayed(again)]).toEqual([200, null, 'true'])
  expect((await world.ledger(opened.id)).charges).toHaveLength(1)
})
