import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { callerLifetime } from '../../../api/call/auth.ts'
import { createWorld, type World } from '../../support/world/world.ts'
import { startApi } from '../../support/world/api.ts'

// Two APIs on one database, as two processes would be, each with its own cache of callers. A change at one applies to
// its next call, and to the other within the lifetime of what it cached. The same holds for a change by an operator.

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

const createAt = (api: string) => world.asNative('POST', `${api}/v1/customers`, { name: 'Ada Example' }, key.secret)
const isOnboardedAt = async (api: string) => (await createAt(api)).body.billing_customer_id !== null

/** Returns the first result that differs from `before`, and the last time at which a call began that still got it. */
async function firstOther<T>(call: () => Promise<T>, before: T): Promise<{ result: T; lastBefore: number }> {
  for (let lastBefore = 0; ;) {
    const began = performance.now()
    const result = await call()
    if (result !== before) return { result, lastBefore }
    lastBefore = began
  }
}

test('a changed setting applies to the next call at its API, and at another within the cache lifetime', async () => {
  for (const onboard_new_customers of [true, false, true, false]) {
    await Promise.all([isOnboardedAt(''), isOnboardedAt(other)])
    await world.asNative('PATCH', '/v1/settings', { onboard_new_customers })
    const changed = performance.now()
    expect(await isOnboardedAt('')).toBe(onboard_new_customers)
    const { lastBefore } = await firstOther(() => isOnboardedAt(other), !onboard_new_customers)
    expect(lastBefore - changed).toBeLessThan(callerLifetime)
  }
})

test('a setting that an operator changes applies at every API within the cache lifetime', async () => {
  const setting = { organization: world.seeds.org_id, environment: 'sandbox', name: 'onboard_new_customers' }
  for (const value of ['true', 'false']) {
    await Promise.all([isOnboardedAt(''), isOnboardedAt(other)])
    await world.admin('set-setting', { ...setting, value })
    for (const api of ['', other]) expect(String(await isOnboardedAt(api))).toBe(value)
  }
})

test.each([
  ['revoked', () => world.asNative('POST', `/v1/api_keys/${key.id}/revoke`)],
  ['rotated', () => world.asNative('POST', `/v1/api_keys/${key.id}/rotate`, { overlap_seconds: 0 })],
])(
  'the next call at its API rejects a key that is %s, and another API does within the cache lifetime',
  async (_, end) => {
    for (const api of ['', other]) expect((await createAt(api)).status).toBe(201)
    await end()
    const ended = performance.now()
    expect((await createAt('')).status).toBe(401)
    const { result, lastBefore } = await firstOther(async () => (await createAt(other)).status, 201)
    expect(result).toBe(401)
    expect(lastBefore - ended).toBeLessThan(callerLifetime)
  },
)

test('every API rejects a key that an operator revokes within the cache lifetime', async () => {
  for (const api of ['', other]) expect((await createAt(api)).status).toBe(201)
  await world.admin('revoke-key', { key: key.id })
  for (const api of ['', other]) expect((await createAt(api)).status).toBe(401)
})
