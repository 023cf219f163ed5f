import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWorld, type World } from '../../support/world/world.ts'
import { startApi } from '../../support/world/api.ts'

// Two APIs on one database, as two processes would be, each of which remembers who called it: what is changed at one,
// and by an operator, holds at the other as soon as the change is answered.

let world: World
let other: string
const closers: (() => unknown)[] = []
beforeAll(async () => {
  world = await createWorld({ worker: false })
  other = await startApi(world, world.gateways, {}, (close) => closers.push(close))
})
afterAll(async () => {
  for (const close of closers.reverse()) await close()
  await world.close()
})

let key: { id: string; secret: string }
beforeEach(async () => {
  key = (await world.asNative('POST', '/v1/api_keys', { scopes: ['*'] })).body
})

const createAtOther = () => world.asNative('POST', `${other}/v1/customers`, { name: 'Ada Example' }, key.secret)
const isOnboarded = async () => (await createAtOther()).body.billing_customer_id !== null

test('a setting that is changed', async () => {
  for (const onboard_new_customers of [true, false, true, false]) {
    await isOnboarded()
    await world.asNative('PATCH', '/v1/settings', { onboard_new_customers })
    expect(await isOnboarded()).toBe(onboard_new_customers)
  }
})

test('a setting that an operator changes', async () => {
  const setting = { organization: world.seeds.org_id, environment: 'sandbox', name: 'onboard_new_customers' }
  for (const value of ['true', 'false']) {
    await isOnboarded()
    await world.admin('set-setting', { ...setting, value })
    expect(String(await isOnboarded())).toBe(value)
  }
})

test.each([
  ['revoked', () => world.asNative('POST', `/v1/api_keys/${key.id}/revoke`)],
  ['revoked by an operator', () => world.admin('revoke-key', { key: key.id })],
  ['rotated', () => world.asNative('POST', `/v1/api_keys/${key.id}/rotate`, { overlap_seconds: 0 })],
])('a key that is %s', async (_, end) => {
  expect((await createAtOther()).status).toBe(201)
  await end()
  expect((await createAtOther()).status).toBe(401)
})
