import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// docs/api.md#trigger-items-and-allow_trigger

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const open = (customer_id: string, body: object): Promise<Answer> =>
  world.asNative('POST', '/v1/billing_customers', { customer_id, ...body })
const payment_data = { pm_id: 'pm_card_visa' }

/** Returns an active billing customer with a payment method. */
async function active(body: object) {
  const contact = world.newContact()
  const opened = await open(contact, { payment_data, ...body })
  expect([opened.status, opened.body.status]).toEqual([201, 'active'])
  return { contact, bc: opened.body.id as string, allowed: opened.body.allow_trigger as boolean }
}
const standing = async (bc: string) => {
  const { body } = await world.asNative('GET', `/v1/enrollments?billing_customer_id=${bc}&status=active`)
  return [(await world.billingCustomer(bc)).allow_trigger, body.data.length]
}

test.each([{}, { allow_trigger: false }])(
  'enrolling does not depend on allow_trigger: opened with %j',
  async (said) => {
    const [native, edge] = [await active(said), await active(said)]
    expect([native.allowed, edge.allowed]).toEqual([false, false])
    const billable_item_id = world.seeds.item_id
    const enrolled = await world.asNative('POST', '/v1/enrollments', {
      billing_customer_id: native.bc,
      billable_item_id,
    })
    expect([enrolled.status, enrolled.body.status]).toEqual([201, 'active'])
    const parties = { billing_customer_id: edge.bc, contact_id: edge.contact, billable_item_id }
    expect((await world.edge('enroll', parties)).status).toBe(200)
    expect([await standing(native.bc), await standing(edge.bc)]).toEqual([
      [false, 1],
      [false, 1],
    ])
  },
)

test('false together with an item is rejected at each door, naming the field, and nothing is created', async () => {
  const before = await world.sql`select count(*) from billing_customers`
  const { item_id } = world.seeds
  const native = await open(world.newContact(), { billable_item_id: item_id, allow_trigger: false })
  expect([native.status, native.body.param]).toEqual([400, 'allow_trigger'])
  const edge = await world.edge('createCustomer', { contact_id: randomUUID(), bi_id: item_id, allow_trigger: 0 })
  expect([edge.status, edge.body.errors]).toEqual([400, ['allow_trigger: must be 1 if bi_id is set']])
  const bulk = await world.request(`/v1/bulk_onboardings?dry_run=true&billable_item_id=${item_id}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'text/csv' },
    body: `external_id,allow_trigger\nusr_${randomUUID()},false\n`,
  })
  expect(bulk.body).toMatchObject({ errors: [{ row: 1, param: 'allow_trigger' }] })
  expect(await world.sql`select count(*) from billing_customers`).toEqual(before)
})

test('an item allows triggers, also for an active billing customer', async () => {
  const { contact, bc } = await active({})
  const again = await open(contact, { billable_item_id: world.seeds.item_id })
  expect([again.status, again.body.allow_trigger]).toEqual([200, true])
  expect(await standing(bc)).toEqual([true, 1])
})

test('false after an item was requested is stored, and the item is still enrolled', async () => {
  const contact = world.newContact()
  const { body } = await open(contact, { billable_item_id: world.seeds.item_id })
  expect(body.allow_trigger).toBe(true)
  expect((await open(contact, { allow_trigger: false })).body.allow_trigger).toBe(false)
  await world.pageOf(body.setup_url).submitCard()
  expect(await world.ended(body.id)).toBe('completed')
  expect(await standing(body.id)).toEqual([false, 1])
})
