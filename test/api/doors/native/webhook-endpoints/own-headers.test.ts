import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../../../support/until.ts'
import { startDelivery } from '../../../../support/webhooks/deliveries.ts'
import type { Arrived, Receiver } from '../../../../support/webhooks/receiver.ts'
import type { Answer, World } from '../../../../support/world/world.ts'

let delivery: Awaited<ReturnType<typeof startDelivery>>
let world: World
let receiver: Receiver
beforeAll(async () => {
  delivery = await startDelivery({ worker: false })
  ;({ world, receiver } = delivery)
})
afterAll(() => delivery.close())

const path = '/v1/webhook_endpoints'
const value = 'Bearer token-of-the-gateway-of-this-test'
const create = async (body: object): Promise<Answer> => {
  world.secrets.add(value)
  const answer = await world.asNative('POST', path, { url: receiver.url, types: ['charge.*'], ...body })
  if (answer.body.secret) world.secrets.add(answer.body.secret)
  return answer
}
const change = (id: string, body: object) => world.asNative('PATCH', `${path}/${id}`, body)
const remove = (id: string) => world.asNative('DELETE', `${path}/${id}`)
const arrivalsOf = (id: string, count = 1): Promise<Arrived[]> =>
  until(
    async () => receiver.arrived.filter((each) => each.id === id),
    ({ length }) => length >= count,
  )
const sendTest = async (id: string): Promise<string> =>
  (await world.asNative('POST', `${path}/${id}/test`)).body.event_id
/** Sends a test event. Returns one of its headers as it arrived. */
const received = async (id: string, name: string) => (await arrivalsOf(await sendTest(id)))[0]!.headers[name]

test('own headers are sent with test events, redeliveries and probes, and never returned', async () => {
  const { status, body } = await create({ headers: { Authorization: value, 'X-Route': 'crm' } })
  expect([status, body.header_names]).toEqual([201, ['authorization', 'x-route']])
  const event = await sendTest(body.id)
  await arrivalsOf(event)
  await until(async () => (await delivery.hooks.states(body.id)).every(({ state }) => state === 'delivered'))
  await world.asNative('POST', `${path}/${body.id}/deliveries/${event}/redeliver`)
  const twice = await arrivalsOf(event, 2)
  // One that is resting is first tried with a single delivery.
  await world.sql`update webhook_health set state = 'resting', retry_at = now() where endpoint_id = ${body.id}`
  const [probe] = await arrivalsOf(await sendTest(body.id))
  for (const { headers } of [...twice, probe!])
    expect(headers).toMatchObject({ authorization: value, 'x-route': 'crm', 'webhook-id': expect.any(String) })
  const shown = [
    body,
    (await world.asNative('GET', `${path}/${body.id}`)).body,
    (await world.asNative('GET', path)).body,
  ]
  expect(JSON.stringify(shown)).not.toContain(value)
  await remove(body.id)
})

test('a change replaces all headers from the next request on; without them they stay', async () => {
  const { body } = await create({ headers: { Authorization: value } })
  expect((await change(body.id, { description: 'CRM' })).body.header_names).toEqual(['authorization'])
  expect(await received(body.id, 'authorization')).toBe(value)
  expect((await change(body.id, { headers: { 'x-route': 'erp' } })).body.header_names).toEqual(['x-route'])
  expect(await received(body.id, 'authorization')).toBeUndefined()
  expect(await received(body.id, 'x-route')).toBe('erp')
  expect((await change(body.id, { headers: {} })).body.header_names).toEqual([])
  expect(await received(body.id, 'x-route')).toBeUndefined()
  await remove(body.id)
})

test('the event of a change names the field only, and what changes nothing writes none', async () => {
  const { body } = await create({ headers: { Authorization: value, 'X-Route': 'crm' } })
  await change(body.id, { headers: { 'x-route': 'crm', AUTHORIZATION: value } })
  await change(body.id, { headers: { 'x-route': 'erp', Authorization: value }, description: 'ERP' })
  const events = await world.sql`
    select type, data - 'actor_key_id' as data from events
    where data ->> 'webhook_endpoint_id' = ${body.id} order by id`
  expect(events).toEqual([
    { type: 'webhook_endpoint.created', data: { webhook_endpoint_id: body.id } },
    { type: 'webhook_endpoint.updated', data: { webhook_endpoint_id: body.id, changed: ['description', 'headers'] } },
  ])
  await remove(body.id)
})

test('values are stored encrypted for their endpoint, and deleted with it', async () => {
  const { body } = await create({ headers: { Authorization: value } })
  const stored = async () =>
    (
      await world.sql<{ headerNames: string[]; sealedHeaders: Buffer | null }[]>`
        select header_names, sealed_headers from webhook_endpoints where id = ${body.id}`
    )[0]!
  const { sealedHeaders } = await stored()
  expect(sealedHeaders!.includes(value)).toBe(false)
  const { sealing } = delivery.hooks
  expect(sealing.open(`${body.id}/headers`, sealedHeaders!).toString()).toBe(JSON.stringify({ authorization: value }))
  expect(() => sealing.open(body.id, sealedHeaders!)).toThrow('another owner')
  await remove(body.id)
  expect(await stored()).toEqual({ headerNames: [], sealedHeaders: null })
})

test('a new header is tried at once where the receiver refused the old one', async () => {
  receiver.reply(({ headers }) => (headers.authorization === value ? 200 : 401))
  const { body } = await create({ headers: { Authorization: 'expired' } })
  const event = await sendTest(body.id)
  await arrivalsOf(event)
  // Once the first attempt is recorded, nothing but the change writes the times.
  const recorded = () => world.sql`select 1 from webhook_health where endpoint_id = ${body.id} and last_status = 401`
  await until(async () => (await recorded()).length === 1)
  await world.sql`
    update webhook_health set state = 'failing', retry_at = now() + interval '1 hour', wake_at = now() + interval '1 h'
    where endpoint_id = ${body.id}`
  await change(body.id, { headers: { Authorization: value } })
  const [health] = await world.sql`
    select retry_at <= now() as due, wake_at <= now() as wakes from webhook_health where endpoint_id = ${body.id}`
  expect(health).toEqual({ due: true, wakes: true })
  receiver.reply(() => 200)
  await remove(body.id)
})

test.each([
  [{ headers: { Host: 'inside' } }, 'headers.Host'],
  [{ headers: { 'Webhook-Id': 'a' } }, 'headers.Webhook-Id'],
  [{ headers: { 'X-Route': 'a\r\nX-Other: b' } }, 'headers.X-Route'],
  [{ headers: { 'X Route': 'a' } }, 'headers'],
  [{ headers: { 'X-Route': 7 } }, 'headers.X-Route'],
  [{ headers: { 'X-Card': '4242 4242 4242 4242' } }, 'headers.X-Card'],
  [{ headers: ['Authorization'] }, 'headers'],
  [{ headers: null }, 'headers'],
  [{ kind: 'pull', url: undefined, headers: { 'X-Route': 'a' } }, 'headers'],
])('%j is refused by %s', async (body, param) => {
  const answer = await create(body)
  expect([answer.status, answer.body.errors?.[0]?.param ?? answer.body.param]).toEqual([400, param])
})

test('a pull endpoint cannot get headers, and changing headers requires events:read', async () => {
  const pull = await create({ kind: 'pull', url: undefined })
  expect(await change(pull.body.id, { headers: { 'X-Route': 'a' } })).toMatchObject({
    status: 400,
    body: { param: 'headers' },
  })
  await remove(pull.body.id)
  const { body } = await create({})
  const scope = { organization: world.seeds.org_id, environment: 'sandbox', scopes: 'webhook_endpoints:write' }
  const { key } = (await world.admin('create-key', scope)) as { key: string }
  world.secrets.add(key)
  const answer = await world.asNative('PATCH', `${path}/${body.id}`, { headers: { 'X-Route': 'a' } }, key)
  expect(answer.status).toBe(403)
  await remove(body.id)
})
