import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callDoor, doorNames, doors } from '../../support/doors.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

let number = 0
const newExternalId = () => `ids_${++number}`
const counts = async () => {
  const [row] = await world.sql`
    select (select count(*)::int from customers) as customers, (select count(*)::int from billing_customers) as records`
  return row
}
/** A customer with its record; its id without the prefix. */
async function newCustomer() {
  const externalId = newExternalId()
  const { body } = await world.asNative('POST', '/v1/billing_customers', { customer_id: externalId })
  return { externalId, id: body.customer_id as string, rest: body.customer_id.slice(4) as string, billing: body }
}

/**
 * Every call that takes a customer's id or external id and may make a record of it: answers the customer of the record.
 */
const openings: Record<string, (name: string) => Promise<{ status: number; customerId?: string; message: string }>> = {
  'native customer_id': (name) => openNative({ customer_id: name }),
  'native contact_id': (name) => openNative({ contact_id: name }),
  'edge createCustomer': (name) => openEdge('createCustomer', name),
  'edge buildCustomerProfileSetup': (name) => openEdge('buildCustomerProfileSetup', name),
  'edge setupPaymentMethod': (name) => openEdge('setupPaymentMethod', name),
}
async function openNative(body: object) {
  const answer = await world.asNative('POST', '/v1/billing_customers', body)
  return { status: answer.status, customerId: answer.body.customer_id, message: answer.body.detail ?? '' }
}
async function openEdge(action: string, contact_id: string) {
  const { status, body } = await world.edge(action, { contact_id })
  const id = body.billing_customer_id ?? body.data?.billing_customer_id
  const [row] = await world.sql<{ customerId: string }[]>`
    select customer_id from billing_customers where id = ${id ?? ''}`
  return { status, customerId: row?.customerId as string, message: String(body.errors ?? '') }
}

describe.each(Object.entries(openings))('%s', (_name, open) => {
  test('our id with the prefix of any door names the same customer, and nothing is created', async () => {
    const { id, rest, externalId } = await newCustomer()
    const before = await counts()
    const spellings = [id, `cust_${rest}`, `bcus_${rest}`, id.toUpperCase(), `CUST_${rest.toUpperCase()}`, externalId]
    for (const spelling of spellings) {
      const { status, customerId, message } = await open(spelling)
      expect([status, customerId], `${spelling} ${message}`).toEqual([200, id])
    }
    for (const spelling of [` ${id}`, `${id}\u200b`, `cust_${rest}\n`]) {
      const { status, customerId, message } = await open(spelling)
      // Texts with such characters may be refused as such.
      expect(
        [
          [200, id],
          [400, undefined],
        ],
        `${spelling} ${message}`,
      ).toContainEqual([status, customerId])
    }
    expect(await counts()).toEqual(before)
  })

  test('rejects the id of another kind of object as that kind; an unknown id creates nothing', async () => {
    const { rest, billing } = await newCustomer()
    const before = await counts()
    const others = {
      [billing.id]: 'a billing customer',
      [billing.onboarding.id]: 'an onboarding',
      [world.seeds.item_id]: 'a billable item',
      [`rev_${rest}`]: 'a charge',
      [`TS_${rest}`]: 'an enrollment',
    }
    for (const [name, what] of Object.entries(others)) {
      const { status, message } = await open(name)
      expect([status, message], name).toEqual([400, expect.stringContaining(`is the id of ${what}`)])
    }
    for (const prefix of ['cus', 'cust', 'bcus', 'CUS']) {
      const { status, message } = await open(`${prefix}_01k2abcdefghjkmnpqrstvwxy0`)
      expect([status, message], prefix).toEqual([404, expect.stringContaining('Contact not found')])
    }
    for (const name of ['.', '..']) {
      const { status, message } = await open(name)
      expect([status, message], name).toEqual([400, expect.stringContaining('must not be . or ..')])
    }
    expect(await counts()).toEqual(before)
  })
})

test("treats ids that merely look similar as the caller's", async () => {
  for (const name of ['cust_123456', 'bcus_9', 'bc_42', 'usr_01k2j0q8e5f7g9h1j3k5m7n9p1', 'CUS-7', 'cus-7'])
    expect((await openNative({ customer_id: name })).status, name).toBe(201)
})

test('rejects an id in our format as external id, at any door', async () => {
  const { id, rest, billing } = await newCustomer()
  for (const name of [id, `cust_${rest}`, `bcus_${rest}`, billing.id, id.toUpperCase()]) {
    const native = await world.asNative('POST', '/v1/customers', { external_id: name })
    expect([native.status, native.body.param], name).toEqual([400, 'external_id'])
    const changed = await world.asNative('PATCH', `/v1/customers/${id}`, { external_id: name })
    expect([changed.status, changed.body.param], name).toEqual([400, 'external_id'])
    for (const door of doorNames)
      expect((await callDoor(world, door, 'POST', '', doors[door].smallest(name))).status, `${door} ${name}`).toBe(400)
  }
})

test('an external id in our format that was stored before the rule still names its customer', async () => {
  const { id, rest } = await newCustomer()
  const { body } = await world.asNative('POST', '/v1/customers', { external_id: newExternalId() })
  await world.sql`update customers set external_id = ${`cust_${rest}`} where id = ${body.id}`
  expect((await world.asNative('GET', `/v1/customers/cust_${rest}`)).body.id).toBe(body.id)
  expect((await world.asNative('GET', `/v1/customers/${id}`)).body.id).toBe(id)
  for (const [name, open] of Object.entries(openings)) {
    const { status, customerId, message } = await open(`cust_${rest}`)
    expect([status < 300, customerId], `${name} ${message}`).toEqual([true, body.id])
  }
})

// Whatever a POST takes, every other call reaches.
const hard = [
  'a/b',
  '/a',
  'a/',
  'a//b',
  'a\\b',
  'a%b',
  '100%',
  '%41',
  '%2F',
  '%2e%2e',
  '%',
  'a?b=c',
  'a#b',
  'a.b',
  '...',
  '.a',
  'a b',
  'a+b',
  'a&b=c;d',
  'a\'b"c',
  'a:b@c',
  '[a]{b}<c>|^`~',
  'ключ',
  '李',
  '🚀',
  'e\u0301',
  'search',
  'external',
  'x'.repeat(256),
  // Two UTF-16 units each, and 12 bytes in a path.
  '𝒳'.repeat(256),
]
/** What no path can hold, and what looks like another text. */
const refused = ['.', '..', '👩\u200d🚀', ' a', 'a\u200b', 'a\u0000', 'x'.repeat(257)]

test.each(refused)('rejects the external id %j wherever a customer is created', async (name) => {
  const before = await counts()
  expect((await world.asNative('POST', '/v1/customers', { external_id: name })).status).toBe(400)
  for (const door of doorNames)
    expect((await callDoor(world, door, 'POST', '', doors[door].smallest(name))).status, door).toBe(400)
  for (const [opening, open] of Object.entries(openings)) expect((await open(name)).status, opening).toBe(400)
  expect(await counts()).toEqual(before)
})

const encoded = encodeURIComponent
type Door = 'native' | 'moment' | 'flexprice' | 'billing-io'
/** The calls of each door that name a customer by its external id: to read it, and to change it. */
const byExternalId: Record<Door, { read: (name: string) => string; change?: (name: string) => string }> = {
  native: { read: (name) => `/${encoded(name)}`, change: (name) => `/${encoded(name)}` },
  moment: { read: (name) => `/${encoded(name)}`, change: (name) => `/${encoded(name)}` },
  flexprice: {
    read: (name) => `/external/${encoded(name)}`,
    change: (name) => `?external_customer_id=${encoded(name)}`,
  },
  // Its documents find external ids by a search.
  'billing-io': { read: (name) => `?search=${encoded(name)}` },
}
const at = (door: Door, method: string, path: string, body?: object) =>
  door === 'native' ? world.asNative(method, `/v1/customers${path}`, body) : callDoor(world, door, method, path, body)

describe.each(hard)('the external id %j', (name) => {
  test.each(['native', 'billing-io', 'flexprice'] as const)('created at %s, works at every door', async (maker) => {
    const body = maker === 'native' ? { external_id: name } : doors[maker].smallest(name)
    const made = await at(maker, 'POST', '', body)
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const id = `cus_${made.body.id.split('_')[1]}`
    for (const [door, { read, change }] of Object.entries(byExternalId) as [Door, (typeof byExternalId)[Door]][]) {
      const method = door === 'flexprice' ? 'PUT' : 'PATCH'
      for (const path of [read(name), `/${id}`]) {
        const { status, body } = await at(door, 'GET', path)
        const shown = (body.data ?? [body]).map((customer: { id?: string }) => customer.id?.split('_')[1])
        expect([status, shown], `${door} ${path}`).toEqual([200, expect.arrayContaining([id.slice(4)])])
      }
      for (const path of [`/${id}`, ...(change ? [change(name)] : [])])
        expect((await at(door, method, path, { name: 'Ada' })).status, `${door} ${path}`).toBe(200)
    }
    expect(
      (await world.asNative('GET', `/v1/customers?external_id=${encodeURIComponent(name)}`)).body.data,
    ).toHaveLength(1)
    expect((await openNative({ customer_id: name })).customerId).toBe(id)
    expect((await openEdge('createCustomer', name)).customerId).toBe(id)
    const listed = await world.asNative('GET', `/v1/billing_customers?external_id=${encodeURIComponent(name)}`)
    expect(listed.body.data).toHaveLength(1)
    await world.sql`update onboardings set ended_at = now(), result = 'canceled', wake_at = null
      where billing_customer_id = ${listed.body.data[0].id}`
    expect((await world.asNative('DELETE', `/v1/customers/${encodeURIComponent(name)}`)).status).toBe(204)
    const deleted = await world.asNative('GET', `/v1/customers/${id}`)
    expect([deleted.status, deleted.body.code]).toEqual([410, 'gone'])
  })
})

test('a path with the id of another kind of object returns an error that names the kind', async () => {
  const { billing } = await newCustomer()
  const { status, body } = await world.asNative('GET', `/v1/customers/${billing.id}`)
  expect([status, body.detail]).toEqual([404, 'This is the id of a billing customer. Customer not found'])
  const mixedUp = await world.asNative('POST', `/v1/billing_customers/${billing.customer_id}/cancel`, { reason: 'x' })
  expect([mixedUp.status, mixedUp.body.detail]).toEqual([
    404,
    'This is the id of a customer. Billing customer not found',
  ])
  for (const door of doorNames) {
    const answer = await callDoor(world, door, 'GET', `/${billing.id}`)
    expect([answer.status, JSON.stringify(answer.body)], door).toEqual([
      404,
      expect.stringContaining('billing customer'),
    ])
  }
})

test('filters and parents accept our id with the prefix of any door', async () => {
  const { id, rest, billing } = await newCustomer()
  for (const name of [id, `cust_${rest}`, `bcus_${rest}`]) {
    const { body } = await world.asNative('GET', `/v1/billing_customers?customer_id=${name}`)
    expect(body.data.map((row: { id: string }) => row.id)).toEqual([billing.id])
    const child = await world.asNative('POST', '/v1/customers', { parent_customer_id: name })
    expect([child.status, child.body.parent_customer_id]).toEqual([201, id])
    const children = await world.asNative('GET', `/v1/customers?parent_customer_id=${name}`)
    expect(children.body.data.map((row: { id: string }) => row.id)).toContain(child.body.id)
    const found = await callDoor(world, 'flexprice', 'POST', '/search', { customer_ids: [name] })
    expect(found.body.items.map((row: { id: string }) => row.id)).toEqual([`cust_${rest}`])
  }
  const wrong = await world.asNative('POST', '/v1/customers', { parent_customer_id: billing.id })
  expect([wrong.status, wrong.body.detail]).toEqual([400, expect.stringContaining('not a billing customer')])
})
