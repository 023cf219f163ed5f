import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor, doorNames, doors } from '../../../support/doors.ts'
import { keyedPost } from '../../../support/keyed-post.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const post = (key: string, body: object, path = '/v1/customers') => keyedPost(world, path, key, body)
const customersNamed = (name: string) => world.sql`select id from customers where name = ${name}`

const replayed = ({ headers }: { headers: Headers }) => headers.get('Idempotent-Replayed')

test('a repeat that creates an API key returns no secret, and the first secret stays valid', async () => {
  const make = () => post('key', { name: 'ci_secret_key', scopes: ['customers:read'] }, '/v1/api_keys')
  const first = await make()
  world.secrets.add(first.body.secret)
  const again = await make()
  expect([again.status, replayed(again), again.body]).toEqual([201, 'true', { ...first.body, secret: null }])
  expect((await world.asNative('GET', '/v1/customers', undefined, first.body.secret)).status).toBe(200)
  expect(await world.sql`select 1 from api_keys where name = 'ci_secret_key'`).toHaveLength(1)
  const rows = await world.sql`select body from idempotency_keys where key = 'key'`
  expect(JSON.stringify(rows)).not.toContain(first.body.secret)
})

test('a repeat finds an item that was created before the call crashed', async () => {
  const make = () =>
    post('crashed', { name: 'Crash', type: 'trigger', amount: 1, currency: 'USD' }, '/v1/billable_items')
  const { body } = await make()
  await world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = 'crashed'`
  expect((await make()).body).toEqual(body)
  expect(await world.sql`select 1 from billable_items where name = 'Crash'`).toHaveLength(1)
})

/** As a crash leaves it: the work is done, the answer is not kept. */
const forgetAnswer = (key: string) =>
  world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = ${key}`
const ended = 'use a new key to create another one'

test('a repeat does not recreate a customer that was deleted since the first attempt, at any door', async () => {
  const make = {
    native: (key: string, external_id: string) => post(key, { external_id }),
    'with a parent': (key: string, external_id: string) =>
      post(key, { external_id, parent_customer_external_id: parent }),
    ...Object.fromEntries(
      doorNames.map((door) => [
        door,
        (key: string, external_id: string) =>
          callDoor(world, door, 'POST', '', doors[door].smallest(external_id), { headers: { 'Idempotency-Key': key } }),
      ]),
    ),
  }
  const parent = `usr_${randomUUID()}`
  await post(randomUUID(), { external_id: parent })
  for (const [name, call] of Object.entries(make)) {
    const [key, externalId] = [randomUUID(), `usr_${randomUUID()}`]
    expect((await call(key, externalId)).status, name).toBe(201)
    await forgetAnswer(key)
    await world.asNative('DELETE', `/v1/customers/${externalId}`)
    for (const again of [await call(key, externalId), await call(key, externalId)]) {
      expect(again.status, name).toBe(name === 'billing-io' || name === 'flexprice' ? 400 : 409)
      expect(JSON.stringify(again.body), name).toContain(ended)
    }
    expect(await world.sql`select 1 from customers where external_id = ${externalId} and deleted_at is null`).toEqual(
      [],
    )
    expect((await call(randomUUID(), externalId)).status, name).toBe(201)
  }
})

test('a repeat returns nothing that is stored about a customer that was deleted, before its erasure too', async () => {
  const opening = (key: string, customer_id: string) => post(key, { customer_id }, '/v1/billing_customers')
  const make = {
    native: (key: string, external_id: string) => post(key, { external_id, name: 'Deleted Since' }),
    opening,
    ...Object.fromEntries(
      doorNames.map((door) => [
        door,
        (key: string, external_id: string) =>
          callDoor(world, door, 'POST', '', doors[door].smallest(external_id), { headers: { 'Idempotency-Key': key } }),
      ]),
    ),
  }
  for (const [name, call] of Object.entries(make)) {
    const [key, externalId, other] = [randomUUID(), `usr_${randomUUID()}`, randomUUID()]
    const first = await call(key, externalId)
    expect(first.status, name).toBe(201)
    if (name === 'opening') world.pageOf(first.body.setup_url)
    await post(other, { external_id: `usr_${other}` })
    await world.sql`update onboardings set ended_at = now(), result = 'canceled', wake_at = null, blocked_on = null
      where ended_at is null`
    expect((await world.asNative('DELETE', `/v1/customers/${externalId}`)).status, name).toBe(204)
    const again = await call(key, externalId)
    expect(again.status, name).toBe(name === 'billing-io' || name === 'flexprice' ? 400 : 409)
    expect([JSON.stringify(again.body).includes(ended), replayed(again)], name).toEqual([true, null])
    expect(await world.sql`select 1 from idempotency_keys where body like ${`%${externalId}%`}`, name).toEqual([])
    expect(replayed(await post(other, { external_id: `usr_${other}` })), name).toBe('true')
  }
})

test('nor if its onboarding was started with it', async () => {
  const scope = { organization: world.seeds.org_id, environment: 'sandbox', name: 'onboard_new_customers' }
  await world.admin('set-setting', { ...scope, value: 'true' })
  const [key, external_id] = [randomUUID(), `usr_${randomUUID()}`]
  const { body } = await post(key, { external_id })
  world.pageOf(body.setup_url)
  await forgetAnswer(key)
  await world.sql`update onboardings set ended_at = now(), result = 'canceled', wake_at = null, blocked_on = null
    where billing_customer_id = ${body.billing_customer_id}`
  expect((await world.asNative('DELETE', `/v1/customers/${body.id}`)).status).toBe(204)
  expect((await post(key, { external_id })).body).toMatchObject({ status: 409, code: 'first_try_ended' })
  await world.admin('set-setting', { ...scope, value: 'false' })
})

test('a repeat returns no secret for an API key that was revoked since the first attempt', async () => {
  const make = () => post('revoked', { name: 'revoked since', scopes: ['customers:read'] }, '/v1/api_keys')
  const { body } = await make()
  world.secrets.add(body.secret)
  await forgetAnswer('revoked')
  const again = await make()
  world.secrets.add(again.body.secret)
  expect([again.status, again.body.id]).toEqual([201, body.id])
  expect((await world.asNative('GET', '/v1/customers', undefined, again.body.secret)).status).toBe(200)
  await forgetAnswer('revoked')
  await world.asNative('POST', `/v1/api_keys/${body.id}/revoke`)
  expect((await make()).body).toMatchObject({ status: 409, code: 'first_try_ended' })
})

test('a repeat of a rotation without overlap whose response was lost returns a secret', async () => {
  const { body: old } = await post(randomUUID(), { name: 'old', scopes: ['customers:read'] }, '/v1/api_keys')
  const rotate = () => post('rotated', { overlap_seconds: 0 }, `/v1/api_keys/${old.id}/rotate`)
  const first = await rotate()
  await forgetAnswer('rotated')
  const again = await rotate()
  for (const { secret } of [old, first.body, again.body]) world.secrets.add(secret)
  expect([again.status, again.body.id]).toEqual([201, first.body.id])
  const uses = async (secret: string) => (await world.asNative('GET', '/v1/customers', undefined, secret)).status
  expect([await uses(old.secret), await uses(first.body.secret), await uses(again.body.secret)]).toEqual([
    401, 401, 200,
  ])
  expect((await post('rotated again', {}, `/v1/api_keys/${old.id}/rotate`)).status).toBe(400)
  expect((await post('rotated-again', { overlap_seconds: 0 }, `/v1/api_keys/${old.id}/rotate`)).body.code).toBe(
    'api_key_ended',
  )
})

test('a call that crashed before its response is taken over after its lease, and creates nothing twice', async () => {
  const [key, name] = [randomUUID(), randomUUID()]
  const first = await post(key, { name, external_id: name })
  // As a crash leaves it: the customer is there, the answer is not.
  await world.sql`update idempotency_keys set status = null, body = null where key = ${key}`
  expect((await post(key, { name, external_id: name })).status).toBe(409)
  await world.sql`update idempotency_keys set leased_until = now() where key = ${key}`
  const again = await post(key, { name, external_id: name })
  expect([again.status, again.body.id]).toEqual([201, first.body.id])
  expect(await customersNamed(name)).toHaveLength(1)
})
