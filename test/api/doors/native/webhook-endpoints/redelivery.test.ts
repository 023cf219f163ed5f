import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { redeliverRange, type RedeliveryRange } from '../../../../../store/webhooks/deliveries/redeliver.ts'
import { keyedPost } from '../../../../support/keyed-post.ts'
import { createCustomerEvent, webhooksOf } from '../../../../support/webhooks/deliveries.ts'
import { startReceiver, type Receiver } from '../../../../support/webhooks/receiver.ts'
import { until } from '../../../../support/until.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

let world: World
let hooks: ReturnType<typeof webhooksOf>
let receiver: Receiver
beforeAll(async () => {
  world = await createWorld({ worker: false })
  hooks = webhooksOf(world)
  receiver = await startReceiver()
})
afterAll(async () => {
  await hooks.close()
  await receiver.close()
  await world.close()
})
// Each test has its endpoints alone.
afterEach(async () => {
  await world.sql`update webhook_endpoints set deleted_at = now()`
})

const path = '/v1/webhook_endpoints'
const operator = { actor: 'operator' } as const
const post = (rest: string, body?: object, key?: string) => world.asNative('POST', `${path}/${rest}`, body, key)
const endpoint = (...types: string[]) => hooks.endpoint(receiver.url, { types })
const lastHour = () => ({ from: new Date(Date.now() - 3_600_000), before: new Date(Date.now() + 60_000) })

const customer = () => createCustomerEvent(world)
const rowsOf = (id: string) =>
  world.sql<{ eventId: string; state: string; tries: number; refusals: number }[]>`
    select event_id, state, tries, refusals from webhook_deliveries where endpoint_id = ${id} order by event_id`
const inState = async (id: string, state: string) =>
  (await rowsOf(id)).filter((row) => row.state === state).map(({ eventId }) => eventId)
const end = (id: string, event: string, state: string) => world.sql`
  update webhook_deliveries set state = ${state}, tries = 11, refusals = 11, done_at = now()
  where endpoint_id = ${id} and event_id = ${event}`
const audit = (id: string) =>
  world.sql<{ actor: string; data: Record<string, unknown> }[]>`
    select actor, data from events
    where type = 'webhook_endpoint.redelivered' and data ->> 'webhook_endpoint_id' = ${id} order by id`

test('a delivery arrives again with its id, and its earlier attempts stay', async () => {
  const { id } = await endpoint('customer.*')
  const event = await customer()
  const dispatcher = hooks.start()
  const delivered = (tries: number) =>
    until(
      () => rowsOf(id),
      (rows) => rows[0]!.state === 'delivered' && rows[0]!.tries === tries,
    )
  await delivered(1)
  const { status, body } = await post(`${id}/deliveries/${event}/redeliver`)
  expect([status, body.event_id]).toEqual([202, event])
  await delivered(2)
  await dispatcher.stop()
  expect(receiver.arrived.filter((request) => request.id === event)).toHaveLength(2)
  const tries = await world.sql`select number, status from webhook_tries where endpoint_id = ${id} order by number`
  expect([...tries]).toEqual([
    { number: 1, status: 200 },
    { number: 2, status: 200 },
  ])
  const data = { count: 1, last_event_id: event, actor_key_id: expect.stringMatching(/^key_/) }
  expect(await audit(id)).toMatchObject([{ actor: 'api', data }])
})

test('a delivery that failed gets the attempts of a new one', async () => {
  const { id } = await endpoint('customer.*')
  const event = await customer()
  await end(id, event, 'failed')
  await post(`${id}/deliveries/${event}/redeliver`)
  expect(await rowsOf(id)).toMatchObject([{ state: 'pending', tries: 11, refusals: 0 }])
})

test.each(['one', 'range'])('a repeat with the same Idempotency-Key sends nothing again: %s', async (which) => {
  const { id } = await endpoint('customer.*')
  const event = await customer()
  await end(id, event, 'delivered')
  const { from } = lastHour()
  const [rest, body] =
    which === 'one'
      ? [`deliveries/${event}/redeliver`, {}]
      : ['redeliver', { from: from.toISOString(), states: ['delivered'] }]
  const key = `key-${randomUUID()}`
  const send = () => keyedPost(world, `${path}/${id}/${rest}`, key, body)
  const { status, body: first } = await send()
  expect(status).toBe(202)
  await end(id, event, 'delivered')
  // The first response was lost.
  await world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = ${key}`
  const second = await send()
  expect(second.status).toBe(202)
  if (which === 'range') expect(second.body).toEqual(first)
  expect([await inState(id, 'delivered'), (await audit(id)).length]).toEqual([[event], 1])
})

test('a range takes what failed or was skipped, of these types and this time, and nothing of others', async () => {
  const { id } = await endpoint('customer.*', 'billing_customer.created')
  const other = await endpoint('customer.*')
  const [failed, skipped, delivered, pending] = [await customer(), await customer(), await customer(), await customer()]
  const { bc } = await world.openSetup()
  const [opened] = await world.sql<[{ id: string }]>`
    select id from events where billing_customer_id = ${bc} and type = 'billing_customer.created'`
  await end(id, failed, 'failed')
  await end(other.id, failed, 'failed')
  await end(id, skipped, 'skipped')
  await end(id, delivered, 'delivered')
  await end(id, opened.id, 'failed')
  const from = lastHour().from.toISOString()
  const before = new Date(Date.parse(from) + 1_000).toISOString()
  expect((await post(`${id}/redeliver`, { from, before })).body).toEqual({
    count: 0,
    next_cursor: null,
  })
  expect(await audit(id)).toHaveLength(0)
  const some = await post(`${id}/redeliver`, { from, types: ['customer.*'], states: ['failed'] })
  expect([some.status, some.body]).toEqual([202, { count: 1, next_cursor: null }])
  expect(await inState(id, 'pending')).toEqual(expect.arrayContaining([failed, pending]))
  expect(await inState(id, 'skipped')).toEqual([skipped])
  expect((await post(`${id}/redeliver`, { from })).body.count).toBe(2)
  expect([await inState(id, 'delivered'), await inState(id, 'failed')]).toEqual([[delivered], []])
  expect(await inState(other.id, 'failed')).toEqual([failed])
  expect((await audit(id)).map(({ data }) => data.count)).toEqual([1, 2])
})

test('a range is taken in parts, in the order of the events, and continues where it stopped', async () => {
  const found = await endpoint('customer.*')
  const events = [await customer(), await customer(), await customer()]
  for (const event of events) await end(found.id, event, 'failed')
  const range: RedeliveryRange = { ...lastHour(), states: ['failed'], backfill: false }
  const first = await redeliverRange(world.sql, found, range, operator, { most: 2 })
  expect([first.count, await inState(found.id, 'failed')]).toEqual([2, [events[2]]])
  // What fails again meanwhile is not taken twice.
  await end(found.id, events[0]!, 'failed')
  const rest = { ...range, cursor: first.nextCursor! }
  expect(await redeliverRange(world.sql, found, rest, operator, { most: 2 })).toEqual({ count: 1, nextCursor: null })
  expect(await inState(found.id, 'failed')).toEqual([events[0]])
})

test('backfill brings a new endpoint what the routing would have brought it, and nothing else', async () => {
  const types = ['customer.*', 'webhook_endpoint.*', 'billing_customer.created']
  const old = await endpoint(...types)
  await customer()
  await world.openSetup()
  const tested = await endpoint('charge.*')
  await post(`${tested.id}/test`)
  const made = await endpoint(...types)
  const routed = await inState(old.id, 'pending')
  const before = await inState(made.id, 'pending')
  const from = lastHour().from.toISOString()
  expect((await post(`${made.id}/redeliver`, { from })).body.count).toBe(0)
  const [{ at }] = await world.sql<[{ at: Date }]>`
    select created_at as at from events where type = 'webhook_endpoint.created'
      and data ->> 'webhook_endpoint_id' = ${old.id}`
  const { body } = await post(`${made.id}/redeliver`, { from: at.toISOString(), backfill: true })
  expect(body).toEqual({ count: routed.length - before.length, next_cursor: null })
  const got = await inState(made.id, 'pending')
  // The event about the redelivery itself is for both.
  expect(got).toEqual(await inState(old.id, 'pending'))
  expect(got).toEqual(expect.arrayContaining(routed))
})

test('of more than 30 days ago nothing is sent, as nothing is kept', async () => {
  const { id } = await endpoint('customer.*')
  const [old, recent] = [await customer(), await customer()]
  await world.sql`
    update events set created_at = now() - interval '31 days' where id = ${old}`
  await world.sql`update webhook_deliveries set state = 'failed', done_at = now() where endpoint_id = ${id}`
  expect((await post(`${id}/redeliver`, { from: '2020-01-01T00:00:00Z' })).body.count).toBe(1)
  expect([await inState(id, 'pending'), await inState(id, 'failed')]).toEqual([[recent], [old]])
})

test('redelivered events of a billing customer arrive in their order', async () => {
  const { id } = await endpoint('billing_customer.*', 'onboarding.*')
  const { bc } = await world.openSetup()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'a test' })
  const sequences = await world.sql<{ sequence: number }[]>`
    select sequence from webhook_deliveries where endpoint_id = ${id} and billing_customer_id = ${bc} order by sequence`
  expect(sequences.length).toBeGreaterThan(1)
  await world.sql`update webhook_deliveries set state = 'failed', done_at = now() where endpoint_id = ${id}`
  await post(`${id}/redeliver`, { from: lastHour().from.toISOString() })
  const dispatcher = hooks.start()
  const arrived = () => receiver.arrived.filter(({ data }) => data.billing_customer_id === bc)
  await until(() => arrived().length >= sequences.length)
  await dispatcher.stop()
  expect(arrived().map(({ sequence }) => sequence)).toEqual(sequences.map(({ sequence }) => sequence))
})

test.each([
  [{}, 'from'],
  [{ from: 'yesterday' }, 'from'],
  [{ from: 'now', before: 'earlier' }, 'before'],
  [{ from: 'now', states: [] }, 'states'],
  [{ from: 'now', states: ['pending'] }, 'states.0'],
  [{ from: 'now', types: ['charge.payed'] }, 'types.0'],
  [{ from: 'now', cursor: 'AAAA' }, 'cursor'],
  [{ from: 'now', until: 'now' }, 'until'],
])('%j is refused', async (given: Record<string, unknown>, param) => {
  const { id } = await endpoint('customer.*')
  const times: Record<string, string> = {
    now: new Date(Date.now() - 60_000).toISOString(),
    earlier: new Date(Date.now() - 120_000).toISOString(),
  }
  const named = Object.entries(given).map(([name, value]) => [name, times[value as string] ?? value])
  const { status, body } = await post(`${id}/redeliver`, Object.fromEntries(named))
  expect([status, body.param]).toEqual([400, param])
})

test('a disabled endpoint is refused, and other tenants, keys that only read, and unknown events', async () => {
  const { id } = await endpoint('customer.*')
  const event = await customer()
  const from = lastHour().from.toISOString()
  const both = async (key?: string) => [
    (await post(`${id}/redeliver`, { from }, key)).status,
    (await post(`${id}/deliveries/${event}/redeliver`, undefined, key)).status,
  ]
  expect(await both(world.seeds.other_org.secret_key)).toEqual([404, 404])
  const { body: reader } = await world.asNative('POST', '/v1/api_keys', { scopes: ['webhook_endpoints:read'] })
  expect(await both(reader.secret)).toEqual([403, 403])
  const unknown = event.replace(/.{8}$/, '00000000')
  expect((await post(`${id}/deliveries/${unknown}/redeliver`)).status).toBe(404)
  await post(`${id}/disable`)
  expect(await both()).toEqual([409, 409])
  expect(await audit(id)).toEqual([])
})
