import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendSample } from '../../support/documented/curl-sample.ts'
import { callDoor, doors } from '../../support/doors.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

// The curl samples as they stand in the documents; only the host, the key and the ids are replaced.
const referenceSample = String.raw`curl --request POST \
  --url https://api.billing.io/v1/customers \
  --header 'Authorization: Bearer <token>' \
  --header 'Content-Type: application/json' \
  --data '
{
  "email": "user@example.com",
  "name": "Jane Doe",
  "external_id": "usr_12345",
  "metadata": {}
}
'`
const guideSample = String.raw`curl -X POST https://api.billing.io/v1/customers \
  -H "Authorization: Bearer $BILLING_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "email": "alice@example.com",
    "name": "Alice Johnson",
    "external_id": "usr_12345",
    "metadata": { "plan": "pro" }
  }'`
const updateSample = String.raw`curl -X PATCH https://api.billing.io/v1/customers/cus_a1b2c3d4e5f6a7b8c9d0e1f2 \
  -H "Authorization: Bearer $BILLING_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{ "name": "Alice Smith", "metadata": { "plan": "enterprise" } }'`
const listSample = String.raw`curl "https://api.billing.io/v1/customers?limit=10&search=alice" \
  -H "Authorization: Bearer $BILLING_API_KEY"`

const send = (sample: string, replaced: Record<string, string> = {}) =>
  sendSample(sample, {
    'https://api.billing.io': `${world.apiUrl}/billing-io`,
    '<token>': world.seeds.secret_key,
    $BILLING_API_KEY: world.seeds.secret_key,
    ...replaced,
  })
const call = (method: string, path: string, body?: object) => callDoor(world, 'billing-io', method, path, body)
let number = 0
const newExternalId = () => `ext_${++number}`
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

test('the samples return every documented field with the documented type', async () => {
  const first = await send(referenceSample)
  expect(first.status).toBe(201)
  expect(first.body).toEqual({
    id: expect.stringMatching(/^cus_[0-9a-z]+$/),
    org_id: world.seeds.org_id,
    email: 'user@example.com',
    name: 'Jane Doe',
    external_id: 'usr_12345',
    metadata: {},
    environment: 'sandbox',
    created_at: time,
    updated_at: time,
  })
  const alice = await send(guideSample, { usr_12345: newExternalId() })
  expect(alice.body).toMatchObject({ name: 'Alice Johnson', metadata: { plan: 'pro' }, environment: 'sandbox' })
  const changed = await send(updateSample, { cus_a1b2c3d4e5f6a7b8c9d0e1f2: alice.body.id })
  expect(changed.status).toBe(200)
  expect(changed.body).toEqual({
    ...alice.body,
    name: 'Alice Smith',
    metadata: { plan: 'enterprise' },
    updated_at: time,
  })
  const listed = await send(listSample)
  expect([listed.status, listed.body]).toEqual([200, { data: [changed.body], has_more: false, next_cursor: null }])
  expect((await call('GET', `/${alice.body.id}`)).body).toEqual(changed.body)
})

test('the documented headers return the remaining number of calls', async () => {
  for (const path of ['?limit=1', '/nobody', '?limit=none']) {
    const { headers } = await call('GET', path)
    expect(Number(headers.get('X-RateLimit-Remaining')), path).toBeLessThan(Number(headers.get('X-RateLimit-Limit')))
    const reset = Number(headers.get('X-RateLimit-Reset')) - Date.now() / 1000
    expect(reset > 0 && reset <= 62, path).toBe(true)
  }
})

test('a list is searched by email, name and external id, and paged by offset', async () => {
  for (const said of [
    { email: 'needle@example.com' },
    { email: 'a@example.com', name: 'The NEEDLE' },
    { email: 'b@example.com', external_id: 'needle_1' },
    { email: 'c@example.com', name: 'n%le' },
  ])
    expect((await call('POST', '', said)).status).toBe(201)
  const pages = [await call('GET', '?search=Needle&limit=2'), await call('GET', '?search=Needle&limit=2&offset=2')]
  expect(pages.map(({ body }) => [body.data.length, body.has_more])).toEqual([
    [2, true],
    [1, false],
  ])
  expect((await call('GET', '?search=n%25le')).body.data).toHaveLength(1)
  const wrong = {
    'limit=0': 'limit',
    'limit=101': 'limit',
    'limit=x': 'limit',
    'offset=-1': 'offset',
    'offset=1.5': 'offset',
    'search=%00': 'search',
  }
  for (const [query, param] of Object.entries(wrong)) {
    const answer = await call('GET', `?${query}`)
    const code = param === 'limit' ? 'invalid_limit' : 'invalid_field_value'
    expect([answer.status, doors['billing-io'].refusal(answer)], query).toEqual([
      400,
      { word: `invalid_request/${code}`, param },
    ])
  }
})

const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))
const email = (length: number) => `${'x'.repeat(length - 12)}@example.com`
const limits: Record<string, { good: unknown[]; bad: unknown[] }> = {
  email: {
    good: ['ä@example.com', email(254)],
    bad: [email(255), '', null, 7, true, {}, [], 'nobody', 'a\u0000@example.com', '\ud800@example.com'],
  },
  name: { good: ['x'.repeat(256), 'Zoë 李 👩‍🚀', null], bad: ['x'.repeat(257), '', 7, {}, [], 'a\u0000', '\udc00'] },
  external_id: {
    good: ['x'.repeat(256), 'ключ 1', null],
    bad: ['x'.repeat(257), '', 7, {}, [], '\u0000', '\ud800', 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1'],
  },
  metadata: {
    good: [keys(20), {}, { deep: { list: [1, null, 'ü'] } }, null],
    bad: [keys(21), '', 7, [], 'x', { a: 'x\u0000' }, { 'a\ud800': 1 }, { card: '4242424242424242' }],
  },
  surprise: { good: [], bad: ['x'] },
}

test.each(Object.entries(limits))(
  '%s: accepts values up to the limit and rejects others by name',
  async (field, { good, bad }) => {
    for (const value of good) {
      const { status, body } = await call('POST', '', { email: 'ada@example.com', [field]: value })
      expect([status, body[field]]).toEqual([201, field === 'metadata' ? (value ?? {}) : value])
    }
    const { body: customer } = await call('POST', '', { email: 'ada@example.com' })
    const count = () => world.sql`select count(*) from customers`
    const before = await count()
    for (const value of bad) {
      const shown = JSON.stringify(value)?.slice(0, 60)
      for (const answer of [
        await call('POST', '', { email: 'ada@example.com', [field]: value }),
        await call('PATCH', `/${customer.id}`, { [field]: value }),
      ]) {
        expect(answer.status, shown).toBe(400)
        const { word, param } = doors['billing-io'].refusal(answer)
        expect([word, param?.split('.')[0]], shown).toEqual(['invalid_request/invalid_field_value', field])
      }
    }
    expect(await count()).toEqual(before)
    expect((await call('GET', `/${customer.id}`)).body).toEqual(customer)
  },
)

test('rejects a missing email by name; null removes optional fields', async () => {
  const answer = await call('POST', '', { name: 'Jane Doe' })
  expect([answer.status, doors['billing-io'].refusal(answer)]).toEqual([
    400,
    { word: 'invalid_request/missing_required_field', param: 'email' },
  ])
  const said = { email: 'ada@example.com', name: 'Ada', external_id: newExternalId(), metadata: { a: 1 } }
  const { body } = await call('POST', '', said)
  const { body: emptied } = await call('PATCH', `/${body.id}`, { name: null, external_id: null, metadata: null })
  expect(emptied).toMatchObject({ email: said.email, name: null, external_id: null, metadata: {} })
  const taken = await call('POST', '', { ...said, external_id: 'usr_12345' })
  expect(doors['billing-io'].refusal(taken)).toEqual({
    word: 'invalid_request/invalid_field_value',
    param: 'external_id',
  })
  const unknown = await call('GET', '/usr_12345')
  expect(doors['billing-io'].refusal(unknown)).toEqual({ word: 'not_found/customer_not_found', param: 'customer_id' })
})

test('reports a revoked key as revoked, unlike other doors; an expired or unknown one is invalid', async () => {
  const newKey = async () =>
    (await world.admin('create-key', {
      organization: world.seeds.org_id,
      environment: 'sandbox',
      scopes: '*',
    })) as Record<'id' | 'key', string>
  const [revoked, expired] = [await newKey(), await newKey()]
  await world.admin('revoke-key', { key: revoked.id })
  await world.sql`update api_keys set expires_at = now() where id = ${expired.id}`
  const refusal = async (key: string) => {
    const { status, body } = await callDoor(world, 'billing-io', 'GET', '', undefined, { key })
    return [status, body.error.type, body.error.code]
  }
  expect(await refusal(revoked.key)).toEqual([401, 'authentication_error', 'api_key_revoked'])
  for (const key of [expired.key, `${revoked.key}x`, 'sk_test_nobody'])
    expect(await refusal(key)).toEqual([401, 'authentication_error', 'api_key_invalid'])
  for (const name of ['moment', 'flexprice'] as const) {
    const { body } = await callDoor(world, name, 'GET', '/nobody', undefined, { key: revoked.key })
    expect(body).toEqual((await callDoor(world, name, 'GET', '/nobody', undefined, { key: 'sk_test_nobody' })).body)
  }
})
