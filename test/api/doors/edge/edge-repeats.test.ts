import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

// Calls for a contact that the service already knows.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

test('keeps both organizations, and the contacts in them, apart', async () => {
  const { body } = await world.edge('createCustomer', { contact_id: 'shared-contact' })
  const { org_id, brand_id, secret_key } = world.seeds.other_org
  const theirs = await world.edge('createCustomer', {
    api_key: secret_key,
    org_id,
    brand_id,
    contact_id: 'shared-contact',
  })
  expect(theirs.body.billing_customer_id).not.toBe(body.billing_customer_id)
  const unknown = await world.edge('getCustomer', { bc_id: 'bc_unknown' })
  const foreign = await world.edge('getCustomer', { bc_id: theirs.body.billing_customer_id })
  expect([foreign.status, foreign.body]).toEqual([unknown.status, unknown.body])
  expect(unknown.body.errors).toEqual(['Billing customer not found'])
})

test('a differing repeat changes what is pending, and is rejected by name for what cannot be changed', async () => {
  const contact_id = world.newContact()
  const call = (extra: object) => world.edge('createCustomer', { contact_id, ...extra })
  const { body } = await call({ meta: { a: 1, b: 1 } })
  const bc = body.billing_customer_id
  await call({ allow_trigger: 1, notes: 'hello', meta: { b: 2 }, initial_amount: 20 })
  await call({})
  const { body: read } = await world.edge('getCustomer', { bc_id: bc })
  expect(read.data).toMatchObject({ bc_allow_trigger: 1, bc_meta: { a: 1, b: 2 } })
  expect((await world.billingCustomer(bc)).onboarding.amount).toBe(2000)
  const page = world.pageOf((await world.billingCustomer(bc)).setup_url)
  expect((await page.submitCard(undefined, { amount: 1500, currency: 'USD' })).status).toBe(409)
  expect((await page.submitCard(undefined, { amount: 2000, currency: 'USD' })).status).toBe(202)
  const late = await call({ initial_amount: 30 })
  expect([late.status, late.body.errors[0]]).toEqual([409, expect.stringMatching(/^initial_amount: /)])
  expect((await call({ initial_amount: 20 })).status).toBe(200)
})

test("a repeated call can change the brand, by id or number; another organization's brand is rejected", async () => {
  const contact_id = world.newContact()
  const brandOf = async (brand_id: unknown) => {
    const { status, body } = await world.edge('createCustomer', { contact_id, brand_id })
    if (status !== 200) return [status, body.errors[0]]
    const [record] = await world.sql<{ brandId: string }[]>`
      select brand_id from billing_customers where id = ${body.billing_customer_id}`
    return record!.brandId
  }
  const numberOf = async (id: string) =>
    (await world.sql<{ number: number }[]>`select number from brands where id = ${id}`)[0]!.number
  const first = await brandOf(world.seeds.brand_id)
  expect(await brandOf(await numberOf(world.seeds.brand_id))).toBe(first)
  const other = (await world.admin('create-brand', { organization: world.seeds.org_id, name: 'Other' })) as {
    id: string
  }
  expect(await brandOf(String(await numberOf(other.id)))).toBe(other.id)
  expect(await brandOf(other.id)).toBe(other.id)
  for (const theirs of [world.seeds.other_org.brand_id, await numberOf(world.seeds.other_org.brand_id)])
    expect(await brandOf(theirs)).toEqual([404, 'brand_id: Brand not found'])
  expect(await brandOf(world.seeds.brand_id)).toBe(first)
})

test('require_initial 0 without payment data activates without a charge; enrolling requires a method', async () => {
  const contact_id = world.newContact()
  const { body } = await world.edge('createCustomer', { contact_id, require_initial: 0 })
  expect(body.data).toMatchObject({ bc_status: 'active', bc_initial_charged: 0 })
  const enroll = await world.edge('enroll', {
    billing_customer_id: body.billing_customer_id,
    billable_item_id: world.seeds.item_id,
    contact_id,
  })
  expect([enroll.status, enroll.body.errors[0]]).toEqual([409, expect.stringContaining('no payment method')])
  expect((await world.edge('createCustomer', { contact_id, require_initial: 0 })).body).toMatchObject({
    existing: true,
    data: { bc_status: 'active' },
  })
})

test('a bi_id that is named later allows triggers; with an explicit 0 it is rejected', async () => {
  const contact_id = world.newContact()
  const first = await world.edge('createCustomer', { contact_id })
  expect(first.body.data.bc_allow_trigger).toBe(0)
  const second = await world.edge('createCustomer', { contact_id, bi_id: world.seeds.item_id })
  expect(second.body.data.bc_allow_trigger).toBe(1)
})
