import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callersExpired } from '../../support/callers-expired.ts'
import { callDoor, doorNames, doors } from '../../support/doors.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** The secret of a new key of the world's organization. */
async function keyWith(...scopes: string[]): Promise<string> {
  return (await world.asNative('POST', '/v1/api_keys', { scopes })).body.secret
}

test('only keys that may write billing customers receive setup links, in every response with one', async () => {
  const active = await world.openSetup()
  await active.page.submitCard()
  await world.ended(active.bc)
  await world.asNative('POST', `/v1/billing_customers/${active.bc}/payment_method`, {})
  const pending = await world.openSetup()
  const paths = [
    `/v1/billing_customers/${pending.bc}`,
    `/v1/billing_customers/${active.bc}`,
    '/v1/billing_customers?limit=100',
  ]
  const [reader, writer] = [
    await keyWith('billing_customers:read', 'customers:write'),
    await keyWith('billing_customers:write'),
  ]
  const links = async (key: string) =>
    Promise.all(
      paths.map(async (path) => {
        const { status, body } = await world.asNative('GET', path, undefined, key)
        expect(status).toBe(200)
        return JSON.stringify(body).match(/"setup_url":"[^"]+\?token=/g)?.length ?? 0
      }),
    )
  expect(await links(reader)).toEqual([0, 0, 0])
  expect(await links(writer)).toEqual([1, 1, 1])
  const { body: shown } = await world.asNative('GET', paths[0]!, undefined, reader)
  expect(Object.keys(shown)).not.toContain('setup_url')
  expect(shown).toMatchObject({ status: 'pending', onboarding: { status: 'pending' } })
  const edge = await world.edge('getCustomer', { api_key: reader, bc_id: pending.bc })
  expect([edge.status, JSON.stringify(edge.body).includes('token=')]).toEqual([200, false])
})

test('customers:write alone opens no onboarding, at any door, and gets no link from a repeat', async () => {
  await world.asNative('PATCH', '/v1/settings', { onboard_new_customers: true })
  const [weak, strong] = [await keyWith('customers:write'), await keyWith('customers:write', 'billing_customers:write')]
  const before = await world.sql`select count(*) from customers`
  const post = (path: string, key: string, body: object, headers: Record<string, string> = {}) =>
    world.request(path, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': randomUUID(),
        ...headers,
      },
      body: JSON.stringify(body),
    })
  const refused = await post('/v1/customers', weak, {})
  expect(refused.body).toMatchObject({
    status: 403,
    code: 'forbidden',
    detail: expect.stringContaining('billing_customers:write'),
  })
  for (const name of doorNames) {
    const smallest = doors[name].smallest(randomUUID())
    expect((await callDoor(world, name, 'POST', '', smallest, { key: weak })).status, name).toBe(403)
  }
  expect(await world.sql`select count(*) from customers`).toEqual(before)
  expect((await post('/v1/customers', weak, { skip_onboarding_workflow: true })).status).toBe(201)
  const key = { 'Idempotency-Key': randomUUID() }
  const created = await post('/v1/customers', strong, { name: 'Ada' }, key)
  expect(created.body.setup_url).toContain('?token=')
  expect((await post('/v1/customers', strong, { name: 'Ada' }, key)).body.setup_url).toBe(created.body.setup_url)
  const taken = await post('/v1/customers', weak, { name: 'Ada' }, key)
  expect([taken.status, JSON.stringify(taken.body).includes('token=')]).toEqual([403, false])
  await world.asNative('PATCH', '/v1/settings', { onboard_new_customers: null })
})

test('closing with a refund requires charges:write, and refunds nothing without it', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const close = async (body: object, ...scopes: string[]) =>
    world.asNative('POST', `/v1/billing_customers/${bc}/close`, { reason: 'x', ...body }, await keyWith(...scopes))
  for (const scopes of [['billing_customers:write'], ['billing_customers:write', 'charges:read']]) {
    const refused = await close({ refund_initial: true }, ...scopes)
    expect(refused.body).toMatchObject({ status: 403, detail: expect.stringContaining('charges:write') })
  }
  const [before] = await world.sql`select status from billing_customers where id = ${bc}`
  expect([
    before!.status,
    await world.sql`select 1 from refunds r join charges c on c.id = r.charge_id
    where c.billing_customer_id = ${bc}`,
  ]).toEqual(['active', []])
  expect((await close({ refund_initial: false }, 'billing_customers:write')).body.status).toBe('closed')
  expect((await close({ refund_initial: true }, 'billing_customers:write')).status).toBe(403)
  const refunded = await close({ refund_initial: true }, 'billing_customers:write', 'charges:write')
  expect(refunded.status).toBe(200)
  expect(
    await world.sql`select 1 from refunds r join charges c on c.id = r.charge_id
    where c.billing_customer_id = ${bc}`,
  ).toHaveLength(1)
})

test('only keys with enrollments:write enroll an active billing customer; opening includes an item', async () => {
  const opener = await keyWith('billing_customers:write')
  const { contact, bc, page } = await world.openSetup(world.newContact(), {
    api_key: opener,
    bi_id: world.seeds.item_id,
  })
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const item = (
    await world.asNative('POST', '/v1/billable_items', { name: 'Sauna', type: 'trigger', amount: 900, currency: 'USD' })
  ).body.id
  const again = (key: string) =>
    world.asNative('POST', '/v1/billing_customers', { contact_id: contact, billable_item_id: item }, key)
  const refused = await again(opener)
  expect(refused.body).toMatchObject({ status: 403, detail: expect.stringContaining('enrollments:write') })
  const atEdge = await world.edge('createCustomer', { api_key: opener, contact_id: contact, bi_id: item })
  expect(atEdge.status).toBe(403)
  const enrolled = () => world.sql`select billable_item_id from enrollments where billing_customer_id = ${bc}`
  expect(await enrolled()).toHaveLength(1)
  expect((await again(await keyWith('billing_customers:write', 'enrollments:write'))).status).toBe(200)
  expect(await enrolled()).toHaveLength(2)
})

test('a key that expires creates no key that expires later, by creating or by rotating', async () => {
  const call = (method: string, path: string, body: object, key?: string) => world.asNative(method, path, body, key)
  const end = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
  const { body: ending } = await call('POST', '/v1/api_keys', { scopes: ['*'], expires_at: end(10) })
  for (const expires_at of [undefined, null, end(11)]) {
    const { body } = await call('POST', '/v1/api_keys', { scopes: ['*'], expires_at }, ending.secret)
    expect([body.status, body.code, body.param], String(expires_at)).toEqual([403, 'forbidden', 'expires_at'])
  }
  expect((await call('POST', '/v1/api_keys', { scopes: ['*'], expires_at: end(9) }, ending.secret)).status).toBe(201)
  const { body: forever } = await call('POST', '/v1/api_keys', { scopes: ['*'] })
  const rotate = (id: string, key?: string) => call('POST', `/v1/api_keys/${id}/rotate`, { overlap_seconds: 60 }, key)
  expect((await rotate(forever.id, ending.secret)).body).toMatchObject({ status: 403, param: 'id' })
  const { body: short } = await call('POST', '/v1/api_keys', { scopes: ['*'], expires_at: end(8) })
  await world.sql`update api_keys set created_at = created_at - interval '1 hour'
    where id in ${world.sql([short.id, ending.id])}`
  const { body: prolonged } = await rotate(short.id, ending.secret)
  expect(prolonged.expires_at).toBe(ending.expires_at)
  const { status, body: itself } = await rotate(ending.id, ending.secret)
  expect([status, itself.expires_at]).toEqual([201, ending.expires_at])
  // In the overlap of its rotation a key is one that ends.
  const { body: next } = await rotate(forever.id, forever.secret)
  expect(next.expires_at).toBeNull()
  const { body: heir } = await call('POST', '/v1/api_keys', { scopes: ['*'] }, forever.secret)
  expect(heir).toMatchObject({ status: 403, param: 'expires_at' })
})

test('a key cannot revoke one that permits what it does not', async () => {
  const weak = await keyWith('api_keys:write', 'customers:read')
  const { body: strong } = await world.asNative('POST', '/v1/api_keys', { scopes: ['*'] })
  const { body: equal } = await world.asNative('POST', '/v1/api_keys', { scopes: ['customers:read'] })
  const revoke = (id: string) => world.asNative('POST', `/v1/api_keys/${id}/revoke`, undefined, weak)
  expect((await revoke(strong.id)).body).toMatchObject({ status: 403, code: 'forbidden', param: 'id' })
  expect((await world.asNative('GET', '/v1/customers', undefined, strong.secret)).status).toBe(200)
  expect((await revoke(equal.id)).body.revoked_at).not.toBeNull()
  const { body: own } = await world.asNative('GET', '/v1/api_keys?limit=100', undefined, weak)
  const itself = own.data.find(({ last_four }: { last_four: string }) => last_four === weak.slice(-4))
  expect((await revoke(itself.id)).status).toBe(200)
  await callersExpired()
  expect((await revoke(itself.id)).status).toBe(401)
})
