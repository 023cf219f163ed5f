import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { withOwnForm, world, setUp, enter, confirm } from '../../../support/api/own-form.ts'

// The caller's own form: what it may read, replace and use again.

withOwnForm()

test('a response with a client secret is not stored: the same key runs the call again, for the same form', async () => {
  const key = { 'Idempotency-Key': randomUUID() }
  const body = { contact_id: world.newContact() }
  const first = await world.edge('setupPaymentMethod', body, key)
  const again = await world.edge('setupPaymentMethod', body, key)
  world.secrets.add(first.body.data.client_secret)
  expect([again.headers.get('Idempotent-Replayed'), again.body]).toEqual([null, first.body])
  const secret = first.body.data.client_secret.split('_secret_')[1]
  for (const table of ['idempotency_keys', 'approval_sessions', 'events', 'payment_attempts'])
    expect(JSON.stringify(await world.sql`select * from ${world.sql(table)}`), table).not.toContain(secret)
})

test('an active customer replaces the method on the caller’s form: no charge, the old one detached', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret)
  const old = (await confirm(bc)).body.data.payment_data.pm_id
  const next = await setUp(contact, { bc_id: bc })
  await enter(next.data.client_secret, 'pm_card_mastercard')
  const { body } = await confirm(bc)
  expect(body.data).toMatchObject({ bc_status: 'active', pm_label: 'Mastercard •••• 4444', revenue_id: null })
  const { charges, methods } = await world.ledger(bc)
  expect(charges).toHaveLength(1)
  expect(methods.map(({ id }) => id)).toEqual([body.data.payment_data.pm_id])
  expect(methods.map(({ id }) => id)).not.toContain(old)
})

test('after a cancellation the form saves nothing, what it saved is removed, and a new setup is required', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  expect(await world.ended(bc)).toBe('canceled')
  const { body } = await world.simulate('ledger')
  expect(
    body.payment_methods.filter(({ customer }: { customer: string }) => customer === data.stripe_customer_id),
  ).toEqual([])
  expect((await confirm(bc)).status).toBe(409)
  const next = await setUp(contact)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  expect(await world.ended(bc)).toBe('canceled')
  expect((await enter(next.data.client_secret)).status).toBe(400)
})

test('a form’s object with the metadata of another setup is not accepted, and the next form is a new one', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret)
  await world.atStripe('POST', `/v1/setup_intents/${data.setup_intent_id}`, { 'metadata[billing_customer_id]': 'bc_x' })
  const { status, body } = await confirm(bc)
  expect([status, body.errors]).toEqual([
    409,
    ['gateway: the entered payment method cannot be used; call setupPaymentMethod again'],
  ])
  const next = await setUp(contact)
  expect(next.data.setup_intent_id).not.toBe(data.setup_intent_id)
  await enter(next.data.client_secret)
  expect((await confirm(bc)).body.data.bc_status).toBe('active')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('rejects objects of another caller or another contact', async () => {
  const { bc } = await setUp()
  const { secret_key: api_key, org_id, brand_id } = world.seeds.other_org
  const foreign = { api_key, org_id, brand_id }
  const theirs = await world.edge('confirmPaymentMethod', { ...foreign, billing_customer_id: bc, gateway: 'stripe' })
  expect(theirs.status).toBe(404)
  expect((await setUp(world.newContact(), { bc_id: bc })).body.errors).toEqual([
    'contact_id: is not the contact of this billing customer',
  ])
  expect((await setUp(world.newContact(), { bc_id: 'bc_nothing' })).status).toBe(404)
  expect((await world.edge('confirmPaymentMethod', { billing_customer_id: bc, gateway: 'paypal' })).status).toBe(409)
})
