import { afterAll, beforeAll, expect, test } from 'vitest'
import { callersExpired } from '../../../support/callers-expired.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const create = (body: object) => world.asNative('POST', '/v1/customers', body)
let number = 0
const newExternalId = () => `usr_${++number}`

const everything = () => ({
  external_id: newExternalId(),
  name: 'Ada Example',
  email: 'ada@example.com',
  phone: '+27123456789',
  currency: 'ZAR',
  balance: -2000,
  address_line1: '1 Long Street',
  address_line2: 'Flat 2',
  address_city: 'Cape Town',
  address_state: 'Western Cape',
  address_postal_code: '8001',
  address_country: 'ZA',
  metadata: { plan: 'pro', seats: 3 },
  payment_rules: { min_amount: 100, max_amount: null, underpayment_allowed: true, overpayment_allowed: false },
  integration_entity_mapping: [{ provider: 'stripe', id: 'cus_Qmapped' }],
})

test('rejects a brand of another organization, with or without an onboarding', async () => {
  const { seeds } = world
  const [own] = await world.sql<{ number: string }[]>`select number from brands where id = ${seeds.brand_id}`
  const [foreign] = await world.sql<{ number: string }[]>`
    select number from brands where id = ${seeds.other_org.brand_id}`
  const unknown = [seeds.other_org.brand_id, String(foreign!.number), 'brand_nope', seeds.item_id, 'constructor']
  const before = await world.sql`select count(*) from customers`
  for (const onboards of [false, true]) {
    await world.asNative('PATCH', '/v1/settings', { onboard_new_customers: onboards })
    for (const brand_id of unknown)
      for (const skip_onboarding_workflow of [false, true]) {
        const { status, body } = await create({ brand_id, skip_onboarding_workflow })
        const opened = await world.asNative('POST', '/v1/billing_customers', { customer_id: 'someone', brand_id })
        expect([status, body.code, body.detail, body.param], `${brand_id} ${onboards}`).toEqual([
          404,
          'not_found',
          opened.body.detail,
          'brand_id',
        ])
      }
  }
  expect(await world.sql`select count(*) from customers`).toEqual(before)
  for (const brand_id of [seeds.brand_id, String(own!.number)])
    expect((await create({ brand_id })).body.setup_url).toContain(`/${seeds.brand_id}/`)
  await world.asNative('PATCH', '/v1/settings', { onboard_new_customers: null })
})

test('creates a customer with every field, and reads, changes and lists it', async () => {
  const said = everything()
  const { status, body } = await create(said)
  expect(status).toBe(201)
  expect(body).toMatchObject({ ...said, object: 'customer', environment: 'sandbox', billing_customer_id: null })
  const { body: read } = await world.asNative('GET', `/v1/customers/${said.external_id}`)
  expect(body).toMatchObject(read)

  const changed = await world.asNative('PATCH', `/v1/customers/${body.id}`, {
    name: 'Ada Lovelace',
    address_line2: null,
  })
  expect(changed.body).toMatchObject({ ...said, name: 'Ada Lovelace', address_line2: null })
  expect(Date.parse(changed.body.updated_at)).toBeGreaterThan(Date.parse(body.updated_at))
  for (const query of [
    `external_id=${said.external_id}`,
    'email=ADA@example.com',
    'status=none',
    'created_from=2020-01-01T00:00:00Z',
  ]) {
    const { body: found } = await world.asNative('GET', `/v1/customers?${query}&include_total=true`)
    expect([found.data.map((c: { id: string }) => c.id).includes(body.id), found.total], query).toEqual([
      true,
      expect.any(Number),
    ])
  }
  for (const query of [
    'external_id=nobody',
    'email=nobody@example.com',
    'status=active',
    'created_before=2020-01-01T00:00:00Z',
  ])
    expect((await world.asNative('GET', `/v1/customers?${query}`)).body, query).toMatchObject({
      data: [],
      has_more: false,
    })
})

test('pages have no gaps, even while customers are added', async () => {
  const ids: string[] = []
  for (let i = 0; i < 7; i++) ids.unshift((await create({ parent_customer_id: null })).body.id)
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await world.asNative('GET', `/v1/customers?limit=3${cursor && `&cursor=${cursor}`}`)
    seen.push(...body.data.map(({ id }: { id: string }) => id))
    cursor = body.next_cursor ?? ''
    await create({})
  } while (cursor && seen.length < ids.length)
  expect(seen.slice(0, ids.length)).toEqual(ids)
  const wrong = await world.asNative('GET', '/v1/customers?cursor=nonsense')
  expect([wrong.status, wrong.body.param]).toEqual([400, 'cursor'])
})

test('names all invalid fields in one response', async () => {
  const { status, body } = await create({
    email: 'nobody',
    phone: '0123',
    balance: 1.5,
    address_country: 'XX',
    currency: 'usd',
    metadata: { note: 'a\u200b' },
    surprise: 1,
  })
  expect(status).toBe(400)
  expect(body).toMatchObject({
    code: 'invalid_request',
    doc_url: expect.stringContaining('/docs/errors#invalid_request'),
  })
  expect(body.errors.map(({ param }: { param: string }) => param).sort()).toEqual(
    ['address_country', 'balance', 'currency', 'email', 'metadata.note', 'phone', 'surprise'].sort(),
  )
  expect((await create({ balance: 5 })).body).toMatchObject({ param: 'currency' })
})

test('an external id belongs to one customer; a former one resolves until another customer uses it', async () => {
  const [old, next] = [newExternalId(), newExternalId()]
  const { body: first } = await create({ external_id: old })
  expect((await create({ external_id: old })).body).toMatchObject({ status: 409, param: 'external_id' })
  await world.asNative('PATCH', `/v1/customers/${first.id}`, { external_id: next })
  expect((await world.asNative('GET', `/v1/customers/${old}`)).body.id).toBe(first.id)
  const { body: viaEdge } = await world.edge('createCustomer', { contact_id: old })
  expect((await world.edge('createCustomer', { contact_id: next })).body.billing_customer_id).toBe(
    viaEdge.billing_customer_id,
  )
  const { body: second } = await create({ external_id: old })
  expect((await world.asNative('GET', `/v1/customers/${old}`)).body.id).toBe(second.id)
})

test('deletes a customer only without dependents, and frees its external id', async () => {
  const { body: parent } = await create({ external_id: newExternalId() })
  const { body: child } = await create({ parent_customer_external_id: parent.external_id })
  expect(child.parent_customer_id).toBe(parent.id)
  const path = `/v1/customers/${parent.id}`
  expect((await world.asNative('DELETE', path)).body).toMatchObject({ status: 409 })
  await world.asNative('PATCH', `/v1/customers/${child.id}`, { parent_customer_id: null })
  const { bc } = await world.openSetup(parent.id)
  expect((await world.asNative('DELETE', path)).status).toBe(409)
  await world.startWorker()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'a test' })
  await world.ended(bc)
  expect((await world.asNative('DELETE', path)).status).toBe(204)
  expect((await world.asNative('GET', path)).status).toBe(410)
  expect((await world.edge('buildCustomerProfileSetup', { contact_id: parent.id })).status).toBe(404)
  expect((await create({ external_id: parent.external_id })).status).toBe(201)
})

test('starts the onboarding of a new customer at once, in its currency, if the settings require it', async () => {
  await world.sql`
    insert into settings (organization_id, environment, name, value)
    values (${world.seeds.org_id}, 'sandbox', 'onboard_new_customers', 'true')`
  await callersExpired()
  const { body } = await create({ external_id: newExternalId(), currency: 'EUR' })
  const { body: billing } = await world.asNative('GET', `/v1/billing_customers/${body.billing_customer_id}`)
  expect(billing).toMatchObject({ customer_id: body.id, setup_url: body.setup_url, onboarding: { currency: 'EUR' } })
  const skipped = await create({ external_id: newExternalId(), skip_onboarding_workflow: true })
  expect(skipped.body).toMatchObject({ billing_customer_id: null })
  expect(skipped.body).not.toHaveProperty('setup_url')
  await world.sql`delete from settings where name = 'onboard_new_customers'`
  await callersExpired()
})

test('of 100 concurrent moves that would close cycles, none succeeds', async () => {
  const ids: string[] = []
  for (let i = 0; i < 10; i++) ids.push((await create({})).body.id)
  const moves = Array.from({ length: 100 }, (_, i) => {
    const [child, parent] = [ids[i % 10]!, ids[(i * 7 + 3) % 10]!]
    return world.asNative('PATCH', `/v1/customers/${child}`, { parent_customer_id: parent })
  })
  const statuses = (await Promise.all(moves)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200, 409]))
  const cycles = await world.sql`
    with recursive up (start, id) as (
      select id, parent_customer_id from customers where parent_customer_id is not null
      union select u.start, c.parent_customer_id from up u join customers c on c.id = u.id
    ) select 1 from up where start = id`
  expect(cycles).toHaveLength(0)
  const { body } = await world.asNative('PATCH', `/v1/customers/${ids[0]}`, { parent_customer_id: ids[0] })
  expect([body.status, body.param]).toEqual([409, 'parent_customer_id'])
})
