import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

// `bc_meta` holds what the caller gave, and the documents' `_gateway` and `_bi_id` as they are in force.

let world: World
beforeAll(async () => {
  world = await createWorld({ paypal: true })
})
afterAll(() => world.close())

const read = async (bc_id: string) => (await world.edge('getCustomer', { bc_id })).body.data
const opened = async (action: string, body: object) => {
  const contact_id = world.newContact()
  const answer = await world.edge(action, { contact_id, ...body })
  expect(answer.status).toBe(200)
  const bc: string = answer.body.billing_customer_id ?? answer.body.data.billing_customer_id
  return { contact_id, bc }
}

test.each([
  ['buildCustomerProfileSetup', {}, 'stripe'],
  ['buildCustomerProfileSetup', { gateway: 'stripe' }, 'stripe'],
  ['buildCustomerProfileSetup', { gateway: 'paypal' }, 'paypal'],
  ['createCustomer', {}, 'stripe'],
  ['createCustomer', { gateway: 'paypal' }, 'paypal'],
  ['createCustomer', { require_initial: 0 }, 'stripe'],
])('%s %j: _gateway is %s', async (action, body, gateway) => {
  const { bc } = await opened(action, body)
  expect(await read(bc)).toMatchObject({ bc_gateway: gateway, bc_meta: { _gateway: gateway } })
})

test('a customer of another door has it, too', async () => {
  const { body } = await world.asNative('POST', '/v1/billing_customers', { contact_id: world.newContact() })
  expect((await read(body.id)).bc_meta).toEqual({ _gateway: 'stripe' })
})

test('reflects a change, and no door returns what an earlier version stored', async () => {
  const { contact_id, bc } = await opened('buildCustomerProfileSetup', { bc_meta: { wallet_id: 'abc' } })
  await world.sql`update billing_customers set metadata = metadata || '{"_gateway": "stripe"}' where id = ${bc}`
  await world.edge('createCustomer', { contact_id, gateway: 'paypal' })
  expect((await read(bc)).bc_meta).toEqual({ wallet_id: 'abc', _gateway: 'paypal' })
  expect((await world.billingCustomer(bc)).metadata).toEqual({ wallet_id: 'abc' })
})

test('_bi_id is the item of the open onboarding, whichever call requested it', async () => {
  const { item_id } = world.seeds
  const { bc, contact_id } = await opened('createCustomer', { bi_id: item_id })
  expect((await read(bc)).bc_meta).toEqual({ _bi_id: item_id, _gateway: 'stripe' })
  const other = await world.asNative('POST', '/v1/billable_items', {
    name: 'Another',
    type: 'trigger',
    amount: 100,
    currency: 'USD',
  })
  expect(other.status).toBe(201)
  await world.asNative('POST', '/v1/billing_customers', { contact_id, billable_item_id: other.body.id })
  expect((await read(bc)).bc_meta).toMatchObject({ _bi_id: other.body.id })
})

test('rejects such names from a caller', async () => {
  const contact_id = world.newContact()
  for (const [action, field] of [
    ['createCustomer', 'meta'],
    ['buildCustomerProfileSetup', 'bc_meta'],
  ] as const)
    for (const name of ['_gateway', '_bi_id', '_mine']) {
      const { status, body } = await world.edge(action, { contact_id, [field]: { [name]: 'paypal' } })
      expect([status, body.errors[0]]).toEqual([
        400,
        expect.stringContaining(`${field}.${name}: must not begin with _`),
      ])
    }
  const native = await world.asNative('POST', '/v1/billing_customers', { contact_id, metadata: { _gateway: 'x' } })
  expect([native.status, native.body.errors[0].param]).toEqual([400, 'metadata._gateway'])
})
