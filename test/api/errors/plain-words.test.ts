import { afterAll, beforeAll, expect, test } from 'vitest'
import { nativeLists } from '../../support/documented/native-lists.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

test.each(nativeLists)('the list of %s rejects an unknown filter instead of returning everything', async (list) => {
  const { status, body } = await world.asNative('GET', `/v1/${list}?billing_customer=bc_1`)
  expect([status, body.param, body.detail]).toEqual([
    400,
    'billing_customer',
    'billing_customer: is not a field of this call',
  ])
})

test.each([
  ['/v1/billing_customers/bc_1/cancel', {}, 'reason: is required'],
  ['/v1/billing_customers/bc_1/initial_amount', { amount: '5', reason: 'x' }, 'amount: must be a number'],
  ['/v1/billing_customers/bc_1/setup_link', { replace: 'yes' }, 'replace: must be true or false'],
  ['/v1/billing_customers/bc_1/setup_link', { expires_in_seconds: 5 }, 'expires_in_seconds: must be at least 60'],
  ['/v1/charges/ch_1/resolve', { outcome: 'lost', reason: 'x' }, 'outcome: must be one of never_happened, keep,'],
  ['/v1/billable_items', { name: 'x', type: 'trigger', currency: 'USD' }, 'amount: is required'],
  ['/v1/customers', { external_id: '' }, 'external_id: must not be empty'],
])('POST %s: for %j the error names the field and what is valid', async (path, request, words) => {
  const { status, body } = await world.asNative('POST', path, request)
  expect([status, body.code]).toEqual([400, 'invalid_request'])
  expect(body.detail).toContain(words)
})

test('a decline has a sentence that can be shown to the customer', async () => {
  await world.startWorker()
  const request = { contact_id: world.newContact(), payment_data: { pm_id: 'pm_card_chargeCustomerFail' } }
  const { status, body } = await world.asNative('POST', '/v1/billing_customers', request)
  expect([status, body.detail.split('.')[0]]).toEqual([402, 'Your bank declined this card'])
})
