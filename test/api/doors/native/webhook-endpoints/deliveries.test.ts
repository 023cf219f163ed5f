import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createCustomerEvent, startDelivery } from '../../../../support/webhooks/deliveries.ts'
import type { Receiver } from '../../../../support/webhooks/receiver.ts'
import { until } from '../../../../support/until.ts'
import type { Answer, World } from '../../../../support/world/world.ts'

let delivery: Awaited<ReturnType<typeof startDelivery>>
let world: World
let receiver: Receiver
beforeAll(async () => {
  delivery = await startDelivery({ worker: false })
  ;({ world, receiver } = delivery)
})
afterAll(() => delivery.close())

// Each test has its endpoints alone.
afterEach(async () => {
  await world.sql`update webhook_endpoints set deleted_at = now()`
})

const path = '/v1/webhook_endpoints'
const get = (rest: string, key?: string): Promise<Answer> => world.asNative('GET', rest, undefined, key)
const idsOf = ({ body }: Answer): string[] => body.data.map(({ event_id }: { event_id: string }) => event_id)

/** Creates an endpoint at the receiver for these types. Returns its id. */
async function endpoint(...types: string[]): Promise<string> {
  const { body } = await world.asNative('POST', path, { url: receiver.url, types })
  world.secrets.add(body.secret)
  return body.id
}

const customer = () => createCustomerEvent(world)

const ended = (id: string, count: number) =>
  until(async () => (await get(`${path}/${id}/deliveries?state=pending`)).body.data.length === 0).then(async () =>
    expect((await get(`${path}/${id}/deliveries`)).body.data).toHaveLength(count),
  )

test('deliveries are listed newest first, page by page, and narrowed by each filter', async () => {
  const id = await endpoint('customer.*', 'billing_customer.created')
  const events = [await customer(), await customer()]
  const { bc } = await world.openSetup()
  const [opened] = await world.sql<[{ id: string }]>`
    select id from events where billing_customer_id = ${bc} and type = 'billing_customer.created'`
  const [contact] = await world.sql<[{ id: string }]>`select id from events where type = 'customer.created'
    and data ->> 'customer_id' = (select customer_id from billing_customers where id = ${bc})`
  await ended(id, 4)
  const all = [...events, contact.id, opened.id].sort().reverse()
  const first = await get(`${path}/${id}/deliveries?limit=3`)
  expect(idsOf(first)).toEqual(all.slice(0, 3))
  const second = await get(`${path}/${id}/deliveries?limit=3&cursor=${first.body.next_cursor}`)
  expect([idsOf(second), second.body.has_more]).toEqual([all.slice(3), false])

  const ids = async (query: string) => idsOf(await get(`${path}/${id}/deliveries?${query}`))
  expect(await ids(`billing_customer_id=${bc}`)).toEqual([opened.id])
  expect(await ids('type=customer.created')).toEqual(all.filter((event) => event !== opened.id))
  expect([await ids('state=delivered'), await ids('state=failed')]).toEqual([all, []])
  const [{ at }] = await world.sql<[{ at: Date }]>`select created_at as at from events where id = ${events[1]!}`
  expect(await ids(`created_before=${at.toISOString()}&type=customer.created`)).toEqual([events[0]])
  expect(await ids(`created_from=${new Date(at.getTime() + 60_000).toISOString()}`)).toEqual([])
})

test('a delivery has its attempts and the payload that the receiver got', async () => {
  const id = await endpoint('customer.*')
  let status = 500
  receiver.reply(() => status)
  const event = await customer()
  const read = async () => (await get(`${path}/${id}/deliveries/${event}`)).body
  const refused = await until(read, ({ tries }) => tries > 0)
  expect(refused).toMatchObject({ state: 'pending', last_status: 500, last_error: 'status', ended_at: null })
  expect(Date.parse(refused.next_try_at)).toBeGreaterThan(Date.parse(refused.created_at))
  status = 200
  await world.asNative('POST', `${path}/${id}/retry`)
  const body = await until(read, ({ state }) => state === 'delivered')
  expect(body).toMatchObject({
    object: 'webhook_delivery',
    webhook_endpoint_id: id,
    type: 'customer.created',
    tries: body.last_tries.length,
    next_try_at: null,
    ended_at: expect.any(String),
  })
  expect(body.last_tries[0]).toMatchObject({ number: 1, status: 500, error: 'status', duration_ms: expect.any(Number) })
  expect(body.last_tries.at(-1)).toMatchObject({ number: body.tries, status: 200, error: null, response: null })
  const arrived = receiver.arrived.find((request) => request.id === event)!
  expect(body.payload).toEqual(JSON.parse(arrived.text))
})

test('an event shows where it went, also to an endpoint that was deleted, whose log stays', async () => {
  const [kept, deleted] = [await endpoint('customer.*'), await endpoint('customer.*')]
  const event = await customer()
  await until(async () => (await get(`${path}/${deleted}/deliveries/${event}`)).body.state === 'delivered')
  await world.asNative('DELETE', `${path}/${deleted}`)
  const went = await get(`/v1/events/${event}/deliveries?limit=1`)
  const rest = await get(`/v1/events/${event}/deliveries?cursor=${went.body.next_cursor}`)
  const endpoints = [...went.body.data, ...rest.body.data].map((each) => each.webhook_endpoint_id)
  expect(endpoints.slice(0, 2)).toEqual([deleted, kept])
  expect(idsOf(await get(`${path}/${deleted}/deliveries`))).toEqual([event])
})

test('others get 404; the payload requires events:read, too', async () => {
  const id = await endpoint('customer.*')
  const event = await customer()
  const foreign = world.seeds.other_org.secret_key
  for (const each of [
    `${path}/${id}/deliveries`,
    `${path}/${id}/deliveries/${event}`,
    `/v1/events/${event}/deliveries`,
  ])
    expect((await get(each, foreign)).status, each).toBe(404)
  const keyWith = async (...scopes: string[]) =>
    (await world.asNative('POST', '/v1/api_keys', { scopes })).body.secret as string
  const reader = await keyWith('webhook_endpoints:read')
  expect((await get(`${path}/${id}/deliveries`, reader)).status).toBe(200)
  const refused = await get(`${path}/${id}/deliveries/${event}`, reader)
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('events:read')])
  const both = await keyWith('webhook_endpoints:read', 'events:read')
  expect((await get(`${path}/${id}/deliveries/${event}`, both)).status).toBe(200)
  expect((await get(`${path}/${id}/deliveries`, await keyWith('events:read'))).status).toBe(403)
  expect((await get(`${path}/${id}/deliveries/${event.replace(/.{8}$/, '00000000')}`)).status).toBe(404)
})

test.each([
  ['state=sent', 'state'],
  ['type=charge.payed', 'type'],
  ['billing_customer_id=cus_01k2j0q8e5f7g9h1j3k5m7n9p1', 'billing_customer_id'],
  ['created_from=2026-11-21T09:00:00Z&created_before=2026-11-20T09:00:00Z', 'created_before'],
  ['cursor=AAAA', 'cursor'],
])('%s is refused', async (query, param) => {
  const id = await endpoint('customer.*')
  const { status, body } = await get(`${path}/${id}/deliveries?${query}`)
  expect([status, body.param]).toEqual([400, param])
})
