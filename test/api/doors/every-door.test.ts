import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callersExpired } from '../../support/callers-expired.ts'
import { callDoor, doorNames, doors, type DoorName, type Extra } from '../../support/doors.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// What holds at billing.io, Moment and FlexPrice alike, each in its own words.

let world: World
const perMinute = 80
beforeAll(async () => {
  world = await createWorld({ worker: false, rateLimit: { store: 'memory', perMinute } })
})
afterAll(() => world.close())

// A key of its own for each test: calls are counted by key.
let key: string
beforeEach(async () => {
  key = await newKey()
})

let number = 0
const newExternalId = () => `usr_${++number}`
const call = (name: DoorName, method: string, path: string, body?: object | string, extra: Extra = {}) =>
  callDoor(world, name, method, path, body, { key, ...extra })
const newKey = async (options: Record<string, string> = {}) => {
  const scope = { organization: world.seeds.org_id, environment: 'sandbox', name: 'a test' }
  const scopes: Record<string, string> = options.kind === 'publishable' ? {} : { scopes: '*' }
  const made = (await world.admin('create-key', { ...scope, ...scopes, ...options })) as { key: string }
  world.secrets.add(made.key)
  return made.key
}
const create = (name: DoorName, externalId = newExternalId()) =>
  call(name, 'POST', '', doors[name].smallest(externalId))

const words = {
  badJson: {
    'billing-io': 'invalid_request/invalid_field_value',
    moment: 'Bad Request',
    flexprice: 'validation_error',
  },
  badType: {
    'billing-io': 'invalid_request/unsupported_media_type',
    moment: 'Unsupported Media Type',
    flexprice: 'validation_error',
  },
  unauthorized: {
    'billing-io': 'authentication_error/api_key_missing',
    moment: 'Unauthorized',
    flexprice: 'unauthorized',
  },
  wrongKey: { 'billing-io': 'authentication_error/api_key_invalid', moment: 'Unauthorized', flexprice: 'unauthorized' },
  forbidden: {
    'billing-io': 'authentication_error/api_key_not_allowed',
    moment: 'Forbidden',
    flexprice: 'permission_denied',
  },
  unknown: { 'billing-io': 'not_found/customer_not_found', moment: 'Not Found', flexprice: 'not_found' },
  noRoute: { 'billing-io': 'not_found/route_not_found', moment: 'Not Found', flexprice: 'not_found' },
  noMethod: {
    'billing-io': 'invalid_request/method_not_allowed',
    moment: 'Method Not Allowed',
    flexprice: 'method_not_allowed',
  },
  taken: { 'billing-io': 'invalid_request/invalid_field_value', moment: 'Conflict', flexprice: 'already_exists' },
  tooLarge: {
    'billing-io': 'invalid_request/body_too_large',
    moment: 'Content Too Large',
    flexprice: 'validation_error',
  },
  tooMany: {
    'billing-io': 'rate_limited/too_many_requests',
    moment: 'Too Many Requests',
    flexprice: 'too_many_requests',
  },
  internal: {
    'billing-io': 'internal_error/internal_server_error',
    moment: 'Internal Server Error',
    flexprice: 'internal_error',
  },
  unavailable: {
    'billing-io': 'internal_error/service_unavailable',
    moment: 'Service Unavailable',
    flexprice: 'service_unavailable',
  },
  running: {
    'billing-io': 'idempotency_conflict/idempotency_key_in_use',
    moment: 'Conflict',
    flexprice: 'idempotency_conflict',
  },
  reused: {
    'billing-io': 'idempotency_conflict/idempotency_key_reused',
    moment: 'Unprocessable Content',
    flexprice: 'idempotency_conflict',
  },
} satisfies Record<string, Record<DoorName, string>>

describe.each(doorNames)('%s', (name) => {
  const door = doors[name]
  const refused = (answer: Parameters<typeof door.refusal>[0]) => [answer.status, door.refusal(answer).word]

  test('50 concurrent POSTs with one key create one customer; the others are replayed or rejected', async () => {
    const [externalId, idempotencyKey] = [newExternalId(), randomUUID()]
    const post = (body = door.smallest(externalId)) =>
      call(name, 'POST', '', body, { headers: { 'Idempotency-Key': idempotencyKey } })
    const answers = await Promise.all(Array.from({ length: 50 }, () => post()))
    expect(await world.sql`select 1 from customers where external_id = ${externalId}`).toHaveLength(1)
    const made = answers.filter(({ status }) => status === 201)
    expect(made.filter(({ headers }) => headers.get('Idempotent-Replayed') !== 'true')).toHaveLength(1)
    for (const { body } of made) expect(body).toEqual(made[0]!.body)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(refused(answer)).toEqual([409, words.running[name]])
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    }
    const again = await post()
    expect([again.status, again.headers.get('Idempotent-Replayed'), again.body]).toEqual([201, 'true', made[0]!.body])
    expect(refused(await post(door.smallest('another')))).toEqual([name === 'moment' ? 422 : 409, words.reused[name]])
    // As a crash between work and answer leaves it, when the lease is over.
    await world.sql`update idempotency_keys set status = null, leased_until = now() where key = ${idempotencyKey}`
    expect((await post()).body).toEqual(made[0]!.body)
    expect(await world.sql`select 1 from customers where external_id = ${externalId}`).toHaveLength(1)
  })

  test('a rejection is not stored: once the id is free the same key creates the customer and is replayed', async () => {
    const [externalId, headers] = [newExternalId(), { 'Idempotency-Key': randomUUID() }]
    const { body: holder } = await create(name, externalId)
    const post = () => call(name, 'POST', '', door.smallest(externalId), { headers })
    for (const answer of [await post(), await post()])
      expect([refused(answer)[1], answer.headers.get('Idempotent-Replayed')]).toEqual([words.taken[name], null])
    await world.asNative('DELETE', `/v1/customers/${holder.id.replace(door.idPrefix, 'cus_')}`)
    const [made, again] = [await post(), await post()]
    expect([made.status, again.status, again.headers.get('Idempotent-Replayed')]).toEqual([201, 201, 'true'])
    expect(again.body).toEqual(made.body)
    expect(again.headers.get('Content-Type')).toBe(made.headers.get('Content-Type'))
  })

  test('rejects an external id that is in use, whichever door created it', async () => {
    for (const other of doorNames) {
      const externalId = newExternalId()
      expect((await create(other, externalId)).status).toBe(201)
      const answer = await create(name, externalId)
      expect(refused(answer)).toEqual([name === 'billing-io' ? 400 : 409, words.taken[name]])
      expect(door.refusal(answer).param).toBe(name === 'moment' ? 'external_reference' : 'external_id')
    }
  })

  test('keys of others see nothing; missing, wrong and publishable keys are rejected', async () => {
    const externalId = newExternalId()
    const { body } = await create(name, externalId)
    const live = await newKey({ environment: 'live' })
    for (const foreign of [world.seeds.other_org.secret_key, live]) {
      const unknown = refused(
        await call(name, 'GET', `/${door.idPrefix}01k2j0q8e5f7g9h1j3k5m7n9p1`, undefined, { key: foreign }),
      )
      expect(unknown).toEqual([404, words.unknown[name]])
      expect(refused(await call(name, 'GET', `/${body.id}`, undefined, { key: foreign }))).toEqual(unknown)
      for (const [method, path, asked] of door.others(externalId)) {
        const { body: answer } = await call(name, method, path, asked, { key: foreign })
        expect(JSON.stringify(answer), path).not.toContain(body.id)
      }
      const write = name === 'flexprice' ? 'PUT' : 'PATCH'
      expect(refused(await call(name, write, `/${body.id}`, { name: 'Mallory' }, { key: foreign }))).toEqual(unknown)
    }
    expect((await call(name, 'GET', `/${body.id}`)).body).toEqual(body)
    const tries = { unauthorized: null, wrongKey: 'sk_test_nobody', forbidden: world.seeds.publishable_key }
    for (const [word, tried] of Object.entries(tries))
      expect(refused(await call(name, 'GET', `/${body.id}`, undefined, { key: tried }))).toEqual([
        word === 'forbidden' ? 403 : 401,
        words[word as keyof typeof tries][name],
      ])
    await world.sql`update api_keys set scopes = '{charges:read}' where secret_hash = sha256(${live}::bytea)`
    await callersExpired()
    expect(refused(await call(name, 'GET', `/${body.id}`, undefined, { key: live }))).toEqual([
      403,
      words.forbidden[name],
    ])
  })

  test('reports unknown routes and unreadable bodies in the format of the door', async () => {
    const base = door.customers.replace('/customers', '')
    const route = (path: string, method: string) =>
      world.request(path, { method, headers: door.headers(world.seeds.secret_key) })
    for (const path of [`${base}/nothing`, base])
      expect(refused(await route(path, 'GET')), path).toEqual([404, words.noRoute[name]])
    const other = await route(door.customers, 'DELETE')
    expect(refused(other)).toEqual([405, words.noMethod[name]])
    expect(other.headers.get('Allow')).toContain('POST')
    for (const body of ['{', '[]', 'null', '"x"', '{"name":"a\\u0000b"}', '{"name":"\\ud800"}', '{"a\\u0000":1}'])
      expect(refused(await call(name, 'POST', '', body)), body).toEqual([400, words.badJson[name]])
    const plain = await call(name, 'POST', '', '{}', { headers: { 'Content-Type': 'text/plain' } })
    expect(refused(plain)).toEqual([415, words.badType[name]])
    const large = await call(name, 'POST', '', { name: 'x'.repeat(1_100_000) })
    expect(refused(large)).toEqual([413, words.tooLarge[name]])
    const deep = await call(name, 'POST', '', `{"metadata":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`)
    expect(refused(deep)).toEqual([400, words.badJson[name]])
    expect((await call(name, 'GET', '/%00')).status).toBe(400)
  })
})

test('a customer created at one door is the same customer at all of them', async () => {
  for (const name of doorNames) {
    const externalId = newExternalId()
    const { body: made } = await create(name, externalId)
    expect(made.id).toMatch(new RegExp(`^${doors[name].idPrefix}[0-9a-z]{26}$`))
    const id = `cus_${made.id.slice(doors[name].idPrefix.length)}`
    expect((await world.asNative('GET', `/v1/customers/${id}`)).body.external_id).toBe(externalId)
    for (const other of doorNames) {
      const shown = id.replace('cus_', doors[other].idPrefix)
      for (const spelling of [id, shown])
        expect((await call(other, 'GET', `/${spelling}`)).body, `${name}, ${other}`).toMatchObject({ id: shown })
    }
    const { body } = await world.edge('createCustomer', { contact_id: externalId })
    const rows = await world.sql`select customer_id from billing_customers where id = ${body.billing_customer_id}`
    expect(rows).toEqual([{ customerId: id }])
  }
})

test('returns values unchanged that exceed the limits of this door but not those of another', async () => {
  const said = {
    external_id: `${'x'.repeat(255)}ü`,
    name: 'N'.repeat(256),
    metadata: {
      list: [1, 2],
      text: 'x'.repeat(600),
      ...Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, true])),
    },
  }
  const { body: made } = await world.asNative('POST', '/v1/customers', said)
  const { body: billingIo } = await call('billing-io', 'GET', `/${made.id}`)
  expect(billingIo).toMatchObject({ ...said, email: null })
  const { metadata, ...rest } = said
  const asTexts = {
    ...metadata,
    list: '[1,2]',
    ...Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, 'true'])),
  }
  const { body: moment } = await call('moment', 'GET', `/${encodeURIComponent(said.external_id)}`)
  expect(moment).toEqual({
    id: made.id.replace('cus_', 'bcus_'),
    external_reference: rest.external_id,
    name: rest.name,
    metadata: asTexts,
  })
  const { body: flexprice } = await call('flexprice', 'GET', `/external/${encodeURIComponent(said.external_id)}`)
  expect(flexprice).toMatchObject({ ...rest, metadata: asTexts, email: '', parent_customer_id: null })
})

test('creating a customer starts its onboarding at every door if the settings require it', async () => {
  await world.sql`
    insert into settings (organization_id, environment, name, value)
    values (${world.seeds.org_id}, 'sandbox', 'onboard_new_customers', 'true')`
  await callersExpired()
  for (const name of doorNames) {
    const headers = { 'Idempotency-Key': randomUUID() }
    const body = doors[name].smallest(newExternalId())
    const post = () => call(name, 'POST', '', body, { headers })
    const { body: made } = await post()
    const { body: billing } = await world.asNative('GET', `/v1/billing_customers/${made.billing_customer_id}`)
    world.pageOf(made.setup_url)
    expect(billing.setup_url).toBe(made.setup_url)
    expect((await post()).body).toEqual(made)
  }
  const skipped = { ...doors.flexprice.smallest(newExternalId()), skip_onboarding_workflow: true }
  const { body } = await call('flexprice', 'POST', '', skipped)
  expect([body.billing_customer_id, body.setup_url]).toEqual([undefined, undefined])
  await world.sql`delete from settings where name = 'onboard_new_customers'`
  await callersExpired()
})

test('a bug returns 500 with only an id; a hanging database returns 503, and the call can be retried', async () => {
  const externalIds = doorNames.map(newExternalId)
  const bodies = doorNames.map((name, i) => doors[name].smallest(externalIds[i]!))
  const keys = doorNames.map(() => randomUUID())
  const postAll = () =>
    Promise.all(
      doorNames.map((name, i) => call(name, 'POST', '', bodies[i], { headers: { 'Idempotency-Key': keys[i]! } })),
    )
  await world.sql`alter table customers rename column name to called`
  const faults = await postAll()
  await world.sql`alter table customers rename column called to name`
  faults.forEach((answer, i) => {
    const name = doorNames[i]!
    expect([answer.status, doors[name].refusal(answer).word]).toEqual([500, words.internal[name]])
    expect(JSON.stringify(answer.body)).toMatch(/req_[0-9a-f-]{36}/)
    expect(JSON.stringify(answer.body)).not.toMatch(/column|select|insert/)
  })
  await world.sql.begin(async (sql) => {
    await sql`lock table customers in access exclusive mode`
    const standing = await postAll()
    standing.forEach((answer, i) => {
      const name = doorNames[i]!
      expect([answer.status, doors[name].refusal(answer).word]).toEqual([503, words.unavailable[name]])
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    })
  })
  for (const [i, name] of doorNames.entries()) {
    const repeat = () => call(name, 'POST', '', bodies[i], { headers: { 'Idempotency-Key': keys[i]! } })
    const { body } = await until(repeat, ({ status }) => status === 201)
    const rows = await world.sql`select id from customers where external_id = ${externalIds[i]!}`
    expect(rows).toEqual([{ id: body.id.replace(doors[name].idPrefix, 'cus_') }])
  }
})

test('returns 429 with Retry-After for a key above its limit, at every door', async () => {
  let spent = await call('billing-io', 'GET', '/nobody')
  expect(spent.headers.get('X-RateLimit-Limit')).toBe(String(perMinute))
  while (spent.status !== 429) spent = await call('billing-io', 'GET', '/nobody')
  for (const name of doorNames) {
    const answer = await call(name, 'GET', '/nobody')
    expect([answer.status, doors[name].refusal(answer).word]).toEqual([429, words.tooMany[name]])
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  }
})
