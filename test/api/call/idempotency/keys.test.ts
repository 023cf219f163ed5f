import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyedPost } from '../../../support/keyed-post.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const post = (key: string, body: object, path = '/v1/customers') => keyedPost(world, path, key, body)
const customersNamed = (name: string) => world.sql`select id from customers where name = ${name}`

test('50 concurrent POSTs with one key create one customer; the others are replayed or rejected', async () => {
  const [key, name] = [randomUUID(), randomUUID()]
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(key, { name })))
  expect(await customersNamed(name)).toHaveLength(1)
  const made = answers.filter(({ status }) => status === 201)
  expect(new Set(made.map(({ body }) => body.id)).size).toBe(1)
  expect(made.filter(({ headers }) => headers.get('Idempotent-Replayed') !== 'true')).toHaveLength(1)
  const refused = answers.filter(({ status }) => status !== 201)
  for (const { status, body, headers } of refused)
    expect([status, body.code, Number(headers.get('Retry-After')) > 0]).toEqual([409, 'idempotency_in_progress', true])
  const replayed = await post(key, { name })
  expect([replayed.status, replayed.headers.get('Idempotent-Replayed'), replayed.body]).toEqual([
    201,
    'true',
    made[0]!.body,
  ])
})

test('rejects another request with the same key, regardless of the order of its fields', async () => {
  const key = randomUUID()
  const { body } = await post(key, { name: 'A', metadata: { a: 1, b: 2 } })
  expect((await post(key, { metadata: { b: 2, a: 1 }, name: 'A' })).body).toEqual(body)
  for (const other of [{ name: 'B' }, { name: 'A', metadata: { a: 1, b: 2, api_key: 'x' } }])
    expect((await post(key, other)).body).toMatchObject({ status: 422, param: 'Idempotency-Key' })
  for (const misshapen of ['', 'x'.repeat(256), 'two words'])
    expect((await post(misshapen, { name: 'C' })).body).toMatchObject({ status: 400, param: 'Idempotency-Key' })
})

const replayed = ({ headers }: { headers: Headers }) => headers.get('Idempotent-Replayed')
const patchItem = (id: string, status: string) => world.asNative('PATCH', `/v1/billable_items/${id}`, { status })
const newItem = async () => {
  const item = { name: 'Visit', type: 'trigger', amount: 4900, currency: 'USD' }
  return (await world.asNative('POST', '/v1/billable_items', item)).body.id as string
}

test('an error that depends on state is not stored: the same key runs again, and its success is replayed', async () => {
  const taken = randomUUID()
  const { body: holder } = await world.asNative('POST', '/v1/customers', { external_id: taken })
  const item = await newItem()
  await patchItem(item, 'inactive')
  const { body: active } = await world.edge('createCustomer', { contact_id: world.newContact(), require_initial: 0 })
  await world.sql`
    update billing_customers set payment_method_id = 'pm_test', allow_trigger = true
      where id = ${active.billing_customer_id}`
  const enrollment = { billing_customer_id: active.billing_customer_id, billable_item_id: item }
  const later = `usr_${randomUUID()}`
  const refused: [status: number, call: () => ReturnType<typeof post>][] = [
    [409, () => post('taken', { external_id: taken })],
    [400, () => post('inactive', enrollment, '/v1/enrollments')],
    [
      400,
      () =>
        world.edge(
          'createCustomer',
          { contact_id: taken, bi_id: item },
          { 'Idempotency-Key': 'edge item'.replace(' ', '-') },
        ),
    ],
    [400, () => post('unknown', { parent_customer_external_id: later }, '/v1/customers')],
  ]
  for (const [status, call] of refused) {
    const answer = await call()
    expect([answer.status, replayed(answer)], JSON.stringify(answer.body)).toEqual([status, null])
  }
  expect(
    await world.sql`select 1 from idempotency_keys where key in ('taken', 'inactive', 'edge-item', 'unknown')
      and status is not null`,
  ).toEqual([])
  await world.asNative('DELETE', `/v1/customers/${holder.id}`)
  await patchItem(item, 'active')
  await world.asNative('POST', '/v1/customers', { external_id: later })
  for (const [, call] of refused) {
    const [answer, again] = [await call(), await call()]
    expect([answer.status < 300, replayed(answer), replayed(again)], JSON.stringify(answer.body)).toEqual([
      true,
      null,
      'true',
    ])
    expect(again.body).toEqual(answer.body)
  }
  expect(await world.sql`select 1 from customers where external_id = ${taken} and deleted_at is null`).toHaveLength(1)
  expect(await world.sql`select 1 from enrollments where billable_item_id = ${item}`).toHaveLength(1)
})

test('rejects an invalid request again, and another body with its key is still another request', async () => {
  const [first, again] = [await post('wrong', { email: 'nobody' }), await post('wrong', { email: 'nobody' })]
  expect([first.status, again.status, replayed(again)]).toEqual([400, 400, null])
  expect((await post('wrong', { email: 'ada@example.com' })).status).toBe(422)
})

test('texts that look like secrets or links do not prevent a replay, and are returned unchanged', async () => {
  const linked = await world.edge('createCustomer', { contact_id: world.newContact() })
  const link = linked.body.data.setup_url as string
  world.pageOf(link)
  const metadata = { note: 'pi_1_secret_2', client_secret: 'seti_1_secret_2', link, key: `sk_test_${'x'.repeat(32)}` }
  const item = { name: 'x_secret_y', type: 'trigger', amount: 4900, currency: 'USD' }
  const customer_id = `usr_${randomUUID()}`
  const calls = [
    ['item', item, '/v1/billable_items'],
    ['customer', { external_id: customer_id, metadata }, '/v1/customers'],
    ['opened', { customer_id, metadata }, '/v1/billing_customers'],
  ] as const
  for (const [key, body, path] of calls) {
    const [first, again] = [await post(key, body, path), await post(key, body, path)]
    expect([first.status, again.status, replayed(again)], path).toEqual([201, 201, 'true'])
    expect(again.body, path).toEqual(first.body)
  }
  expect(await world.sql`select 1 from billable_items where name = ${item.name}`).toHaveLength(1)
  const [{ id } = { id: '' }] = await world.sql<{ id: string }[]>`
    select b.id from billing_customers b join customers c on c.id = b.customer_id where c.external_id = ${customer_id}`
  const cancel = () => post('cancel', { reason: 'x_secret_y' }, `/v1/billing_customers/${id}/cancel`)
  const [first, again] = [await cancel(), await cancel()]
  expect([first.status, again.status, replayed(again)]).toEqual([200, 200, 'true'])
  expect(again.body).toEqual(first.body)
})

test('after 24 hours a key is new', async () => {
  const key = randomUUID()
  const { body } = await post(key, { name: 'A' })
  await world.sql`update idempotency_keys set created_at = now() - interval '25 hours' where key = ${key}`
  const { status, body: other } = await post(key, { name: 'B' })
  expect([status, other.id === body.id]).toEqual([201, false])
})

test('the same key at another door or of another organization is a different key', async () => {
  const key = randomUUID()
  await post(key, { name: 'A' })
  const edge = await world.edge('createCustomer', { contact_id: world.newContact() }, { 'Idempotency-Key': key })
  expect([edge.status, edge.headers.get('Idempotent-Replayed')]).toEqual([200, null])
  const { secret_key } = world.seeds.other_org
  const foreign = await world.request('/v1/customers', {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret_key}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify({ name: 'B' }),
  })
  expect([foreign.status, foreign.body.name]).toEqual([201, 'B'])
})

test('a stored response contains no link; the replay signs the same link again', async () => {
  const key = randomUUID()
  const contact = { contact_id: world.newContact() }
  const first = await world.edge('buildCustomerProfileSetup', contact, { 'Idempotency-Key': key })
  const again = await world.edge('buildCustomerProfileSetup', contact, { 'Idempotency-Key': key })
  expect(again.headers.get('Idempotent-Replayed')).toBe('true')
  expect(again.body).toEqual(first.body)
  world.pageOf(first.body.data.setup_url)
  const rows = await world.sql`select * from idempotency_keys where key = ${key}`
  expect(JSON.stringify(rows)).not.toContain(new URL(first.body.data.setup_url).searchParams.get('token'))
})

test("replays the caller's values byte for byte next to a link", async () => {
  const key = randomUUID()
  const metadata = { note: '{setup-link}', other: 'undefined %s $& {setup-link 1}' }
  const open = async () => {
    const answer = await fetch(`${world.apiUrl}/v1/billing_customers`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${world.seeds.secret_key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
      },
      body: JSON.stringify({ contact_id: `cont_${key}`, metadata }),
    })
    return { replayed: answer.headers.get('Idempotent-Replayed'), text: await answer.text() }
  }
  const first = await open()
  expect(JSON.parse(first.text)).toMatchObject({ metadata, setup_url: expect.stringContaining('?token=') })
  expect(await open()).toEqual({ replayed: 'true', text: first.text })
  world.pageOf(JSON.parse(first.text).setup_url)
})

const reading: [name: string, path: string, body: () => object, other: object][] = [
  ['getCustomer', '/public/edge/getCustomer', () => ({ bc_id: bcOfReader }), { org_id: undefined }],
  ['getItems', '/apis/public/edge/getItems.php', () => ({}), { brand_id: undefined }],
  ['getEnrollments', '/public/edge/getEnrollments', () => ({ limit: 10 }), { limit: 11 }],
  ['FlexPrice search', '/flexprice/v1/customers/search', () => ({ limit: 10 }), { limit: 11 }],
]
let bcOfReader: string

test.each(reading)(
  '%s only reads: a repeat reads again, nothing is stored, and another body is rejected',
  async (name, path, body, other) => {
    const contact_id = world.newContact()
    bcOfReader = (await world.edge('createCustomer', { contact_id, meta: { step: 'first' } })).body.billing_customer_id
    const key = randomUUID()
    const { secret_key: api_key, org_id, brand_id } = world.seeds
    const call = (extra: object) =>
      world.request(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, 'x-api-key': api_key },
        body: JSON.stringify({
          ...(name === 'FlexPrice search' ? {} : { api_key, org_id, brand_id }),
          ...body(),
          ...extra,
        }),
      })
    const first = await call({})
    expect([first.status, first.headers.get('Idempotent-Replayed')]).toEqual([200, null])
    await world.edge('createCustomer', { contact_id, meta: { step: 'second' } })
    const again = await call({})
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([200, null])
    if (name === 'getCustomer')
      expect([first.body.data.bc_meta, again.body.data.bc_meta]).toMatchObject([{ step: 'first' }, { step: 'second' }])
    expect((await call(other)).status).toBe(409)
    expect(await world.sql`select status, body, link from idempotency_keys where key = ${key}`).toEqual([
      { status: null, body: null, link: null },
    ])
  },
)

test('the largest response within the limits is stored; a larger one of an old record is recomputed', async () => {
  const metadata = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`key_${i}`, 'x'.repeat(3900)]))
  const customer_id = `usr_${randomUUID()}`
  const open = async () => {
    const answer = await post('open', { customer_id, metadata }, '/v1/billing_customers')
    if (answer.body.setup_url) world.pageOf(answer.body.setup_url)
    return answer
  }
  const [first, again] = [await open(), await open()]
  expect([first.status, again.status, again.headers.get('Idempotent-Replayed')]).toEqual([201, 201, 'true'])
  const { id } = first.body
  await world.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`update billing_customers set metadata = jsonb_build_object('old', repeat('x', 1000000)) where id = ${id}`
  })
  const retry = () => post('retry', {}, `/v1/billing_customers/${id}/retry`)
  for (const answer of [await retry(), await retry()])
    expect([answer.status, answer.body.metadata?.old?.length]).toEqual([200, 1_000_000])
  const [{ bytes } = { bytes: 0 }] = await world.sql<{ bytes: number }[]>`
    select max(octet_length(body)) as bytes from idempotency_keys`
  expect(bytes).toBeLessThan(60_000)
})
