import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor } from '../../support/doors.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// A filter that can match nothing is refused, naming it: an empty list would say that nobody is there.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const bc = 'bc_01k2j0q8e5f7g9h1j3k5m7n9p1'
const brandCursor = Buffer.from('brand_01k2j0q8e5f7g9h1j3k5m7n9p1').toString('base64url')
const upsideDown = 'created_from=2026-02-01T00:00:00Z&created_before=2026-01-01T00:00:00Z'

test.each([
  ['customers', 'email=ada+test@example.com', 'email', '%2B'],
  ['customers', 'email=', 'email', 'must not be empty'],
  ['customers', 'email=ada', 'email', 'email address'],
  ['customers', 'email=a@example.com&email=b@example.com', 'email', 'a single value'],
  ['customers', 'external_id=', 'external_id', 'must not be empty'],
  ['customers', 'parent_customer_id=nobody', 'parent_customer_id', 'cus_'],
  ['customers', `parent_customer_id=${bc}`, 'parent_customer_id', 'cus_'],
  ['customers', upsideDown, 'created_before', 'after created_from'],
  ['customers', 'created_from=2026-02-01T00:00:00+02:00', 'created_from', '%2B'],
  ['customers', `cursor=${brandCursor}`, 'cursor', 'next_cursor'],
  ['customers', 'status=ended', 'status', 'one of'],
  ['billing_customers', 'customer_id=usr_1', 'customer_id', 'cus_'],
  ['billing_customers', 'external_id=', 'external_id', 'must not be empty'],
  ['billing_customers', upsideDown, 'created_before', 'after created_from'],
  ['billable_items', 'type=visit', 'type', 'one of'],
  ['enrollments', 'billing_customer_id=x', 'billing_customer_id', 'bc_'],
  ['enrollments', `billable_item_id=${bc}`, 'billable_item_id', 'bi_'],
  ['charges', 'onboarding_id=1', 'onboarding_id', 'onb_'],
  ['charges', 'billing_customer_id=bc_+', 'billing_customer_id', 'bc_'],
  ['charges', upsideDown, 'created_before', 'after created_from'],
  ['events', 'type=billing_customer.paid', 'type', 'a type of event'],
  ['events', 'billing_customer_id=', 'billing_customer_id', 'must not be empty'],
  ['brands', `cursor=${Buffer.from(bc).toString('base64url')}`, 'cursor', 'next_cursor'],
  ['api_keys', `cursor=${brandCursor}`, 'cursor', 'next_cursor'],
] as const)('the list of %s rejects %s', async (list, query, param, words) => {
  const { status, body } = await world.asNative('GET', `/v1/${list}?${query}`)
  expect([status, body.param]).toEqual([400, param])
  expect(body.detail).toContain(words)
})

// An offset turns the first moment of the year 1 into the year 0, which PostgreSQL does not have.
test.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:59'])('every door rejects the time %s', async (time) => {
  const { body: endpoint } = await world.asNative('POST', '/v1/webhook_endpoints', { kind: 'pull' })
  world.secrets.add(endpoint.secret)
  const path = `/v1/webhook_endpoints/${endpoint.id}`
  const query = `created_from=${encodeURIComponent(time)}`
  for (const [answer, param] of [
    [await world.asNative('GET', `/v1/charges?${query}`), 'created_from'],
    [await world.asNative('GET', `${path}/deliveries?${query}`), 'created_from'],
    [await world.asNative('POST', `${path}/redeliver`, { from: time }), 'from'],
    [await world.asNative('POST', `${path}/redeliver`, { from: '2026-11-01T00:00:00Z', before: time }), 'before'],
  ] as const)
    expect(answer.body).toMatchObject({ status: 400, detail: `${param}: must be in the years 1 to 9999` })
  for (const name of ['start_time', 'end_time']) {
    const answer = await callDoor(world, 'flexprice', 'POST', '/search', { [name]: time })
    expect([answer.status, answer.body.details], name).toEqual([400, { [name]: 'must be in the years 1 to 9999' }])
  }
  const command = () => world.admin('webhook-redeliver', { endpoint: endpoint.id, from: time })
  await expect(command).rejects.toMatchObject({ param: '--from', message: 'must be in the years 1 to 9999' })
})

const noCounts = ['1e1', '0x5', '5.0', '%205', '5%20', '%2B5', '-0', '0b11', 'Infinity', '%D9%A5', '5&limit=6', '']
test.each(noCounts)('a number in a query has only digits: every door with one rejects %j', async (count) => {
  for (const list of ['customers', 'events', 'api_keys', 'billing_customers'])
    expect((await world.asNative('GET', `/v1/${list}?limit=${count}`)).body, list).toMatchObject({
      status: 400,
      param: 'limit',
    })
  for (const name of ['limit', 'offset']) {
    const { status, body } = await callDoor(world, 'billing-io', 'GET', `?${name}=${count.replace('limit', name)}`)
    expect([status, body.error?.param], name).toEqual([400, name])
  }
})

test('a number in a query may have leading zeros, and its error names the bounds', async () => {
  expect((await world.asNative('GET', '/v1/customers?limit=007')).status).toBe(200)
  for (const [count, words] of [
    ['0', 'at least 1'],
    ['-5', 'at least 1'],
    ['101', 'at most 100'],
  ])
    expect((await world.asNative('GET', `/v1/customers?limit=${count}`)).body.detail).toContain(words)
})

test('a valid filter without matches returns an empty list, and an encoded plus matches', async () => {
  const email = `ada+${randomUUID()}@example.com`
  const { body: made } = await world.asNative('POST', '/v1/customers', { email, external_id: `${email} x` })
  const list = async (query: string) => (await world.asNative('GET', `/v1/customers?${query}`)).body.data
  for (const query of [`email=${encodeURIComponent(email)}`, `external_id=${encodeURIComponent(`${email} x`)}`])
    expect((await list(query)).map(({ id }: { id: string }) => id)).toEqual([made.id])
  expect(await list('email=nobody@example.com')).toEqual([])
  expect((await world.asNative('GET', `/v1/charges?billing_customer_id=${bc}`)).body.data).toEqual([])
})

test('the edge door rejects ids in another format', async () => {
  for (const [field, value] of [
    ['billing_customer_id', 'cus_1'],
    ['billable_item_id', bc],
  ] as const) {
    const { status, body } = await world.edge('getEnrollments', { [field]: value })
    expect([status, body.errors]).toEqual([
      400,
      [expect.stringMatching(new RegExp(`^${field}: must be an id such as`))],
    ])
  }
  expect((await world.edge('getEnrollments', { billing_customer_id: bc })).body.count).toBe(0)
})

test('FlexPrice and billing.io reject searches that can match nothing', async () => {
  for (const [body, param] of [
    [{ customer_ids: ['nobody'] }, 'customer_ids.0'],
    [{ customer_ids: [] }, 'customer_ids'],
    [{ external_ids: [] }, 'external_ids'],
    [{ parent_customer_ids: [bc] }, 'parent_customer_ids.0'],
    [{ email: 'ada test@example.com' }, 'email'],
    [{ start_time: '2026-02-01T00:00:00Z', end_time: '2026-01-01T00:00:00Z' }, 'end_time'],
  ] as const) {
    const answer = await callDoor(world, 'flexprice', 'POST', '/search', body)
    expect([answer.status, Object.keys(answer.body.details)]).toEqual([400, [param]])
  }
  for (const query of ['?search=a&search=b', '?limit=x', '?email=ada@example.com'])
    expect((await callDoor(world, 'billing-io', 'GET', query)).status, query).toBe(400)
})
