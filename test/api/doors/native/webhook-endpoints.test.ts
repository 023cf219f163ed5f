import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyedPost } from '../../../support/keyed-post.ts'
import { until } from '../../../support/until.ts'
import type { Receiver } from '../../../support/webhooks/receiver.ts'
import { startDelivery } from '../../../support/webhooks/deliveries.ts'
import type { Answer, World } from '../../../support/world/world.ts'

let delivery: Awaited<ReturnType<typeof startDelivery>>
let world: World
let receiver: Receiver
beforeAll(async () => {
  delivery = await startDelivery({ worker: false })
  ;({ world, receiver } = delivery)
})
afterAll(() => delivery.close())

const path = '/v1/webhook_endpoints'
const create = async (body: object = {}, key?: string): Promise<Answer> => {
  const answer = await world.asNative('POST', path, { url: 'https://crm.example/hooks', ...body }, key)
  if (answer.body.secret) world.secrets.add(answer.body.secret)
  return answer
}
const act = (id: string, action: string, body?: object) => world.asNative('POST', `${path}/${id}/${action}`, body)
const remove = (id: string) => world.asNative('DELETE', `${path}/${id}`)
const keyWith = async (scopes: string) => {
  const scope = { organization: world.seeds.org_id, environment: 'sandbox', scopes }
  const { key } = (await world.admin('create-key', scope)) as { key: string }
  world.secrets.add(key)
  return key
}

test('an endpoint is created, shown without its secret, changed and deleted', async () => {
  const { status, body } = await create({ types: ['charge.*'], description: 'CRM' })
  expect([status, body]).toMatchObject([
    201,
    { kind: 'push', status: 'enabled', types: ['charge.*'], description: 'CRM' },
  ])
  expect(body.secret).toMatch(/^whsec_/)
  const { body: read } = await world.asNative('GET', `${path}/${body.id}`)
  expect(read).not.toHaveProperty('secret')
  expect(read).toMatchObject({ health: { state: 'healthy' }, secrets: [{ number: 1, ends_at: null }] })
  const changed = await world.asNative('PATCH', `${path}/${body.id}`, { url: 'https://erp.example/hooks', types: null })
  expect([changed.status, changed.body.url, changed.body.types]).toEqual([200, 'https://erp.example/hooks', null])
  expect((await remove(body.id)).status).toBe(204)
  expect((await world.asNative('GET', `${path}/${body.id}`)).status).toBe(404)
  const events = await world.sql<{ type: string; data: object }[]>`
    select type, data from events where data ->> 'webhook_endpoint_id' = ${body.id} order by id`
  expect(events.map(({ type }) => type.split('.')[1])).toEqual(['created', 'updated', 'deleted'])
  expect(JSON.stringify(events)).not.toContain('erp.example')
})

test('a test event arrives signed with both secrets during a rotation', async () => {
  const { body } = await create({ url: receiver.url, types: ['charge.*'] })
  const { body: rotated } = await act(body.id, 'rotate_secret', { overlap_seconds: 3_600 })
  world.secrets.add(rotated.secret)
  const { status, body: sent } = await act(body.id, 'test')
  expect(status).toBe(202)
  const arrived = await until(
    async () => receiver.arrived.find(({ id }) => id === sent.event_id),
    (each) => each !== undefined,
  )
  expect(arrived).toMatchObject({ type: 'webhook_endpoint.test', data: { webhook_endpoint_id: body.id } })
  for (const secret of [body.secret, rotated.secret])
    expect(new Webhook(secret).verify(arrived!.text, arrived!.headers as Record<string, string>)).toBeTruthy()
  await remove(body.id)
})

test('disabled it collects, and cannot be tested; enabled it sends', async () => {
  const { body } = await create({ url: receiver.url, types: ['settings.*'] })
  expect((await act(body.id, 'disable')).body).toMatchObject({ status: 'disabled', disabled_because: 'caller' })
  expect(await act(body.id, 'test')).toMatchObject({ status: 409, body: { code: 'endpoint_disabled' } })
  expect(await act(body.id, 'retry')).toMatchObject({ status: 409, body: { code: 'endpoint_disabled' } })
  await world.asNative('PATCH', '/v1/settings', { link_life_seconds: 86_000 })
  await until(async () => (await world.asNative('GET', `${path}/${body.id}`)).body.health.pending === 1)
  expect((await act(body.id, 'enable', {})).body.status).toBe('enabled')
  await until(async () => receiver.arrived.some(({ type }) => type === 'settings.changed'))
  expect((await act(body.id, 'retry')).status).toBe(202)
  await remove(body.id)
})

test.each([
  [{ url: 'https://169.254.169.254/' }, 400, 'url'],
  [{ url: 'https://10.0.0.1/hooks' }, 400, 'url'],
  [{ url: 'https://[::ffff:10.0.0.1]/hooks' }, 400, 'url'],
  [{ url: 'https://user:word@crm.example/' }, 400, 'url'],
  [{ url: 'ftp://crm.example/' }, 400, 'url'],
  [{ types: [] }, 400, 'types'],
  [{ types: ['charge.succeeded', 'charge.payed'] }, 400, 'types.1'],
  [{ secret: 'whsec_short' }, 400, 'secret'],
  [{ name: 'CRM' }, 400, 'name'],
])('%j returns %i %s', async (body, status, param) => {
  const answer = await create(body)
  expect([answer.status, answer.body.errors?.[0]?.param ?? '']).toEqual([status, param])
})

test('an address inside is refused when it is changed to one, too', async () => {
  const { body } = await create()
  const changed = await world.asNative('PATCH', `${path}/${body.id}`, { url: 'https://192.168.0.1/' })
  expect([changed.status, changed.body.param]).toEqual([400, 'url'])
  expect((await world.asNative('GET', `${path}/${body.id}`)).body.url).toBe('https://crm.example/hooks')
  await remove(body.id)
})

test('creating and redirecting require events:read too, and every route its scope; others get 404', async () => {
  const withoutEvents = await keyWith('webhook_endpoints:write')
  expect((await create({}, withoutEvents)).status).toBe(403)
  const allowed = await create({}, await keyWith('webhook_endpoints:write,events:read'))
  expect(allowed.status).toBe(201)
  const update = (body: object) => world.asNative('PATCH', `${path}/${allowed.body.id}`, body, withoutEvents)
  for (const body of [{ url: 'https://crm.example/elsewhere' }, { types: null }, { types: ['charge.*'] }])
    expect((await update(body)).status).toBe(403)
  expect(await update({ description: 'billing' })).toMatchObject({ status: 200, body: { url: allowed.body.url } })
  const foreign = world.seeds.other_org.secret_key
  for (const [method, action, body] of [
    ['GET', ''],
    ['PATCH', '', {}],
    ['DELETE', ''],
    ['POST', '/disable'],
    ['POST', '/enable', {}],
    ['POST', '/rotate_secret', {}],
    ['POST', '/test'],
    ['POST', '/retry'],
  ] as [string, string, object?][])
    expect((await world.asNative(method, `${path}/${allowed.body.id}${action}`, body, foreign)).status).toBe(404)
  await remove(allowed.body.id)
})

test('a repeat with the same Idempotency-Key creates no second endpoint and shows no secret', async () => {
  const key = `key-${Date.now()}`
  const [first, second] = [
    await keyedPost(world, path, key, { url: 'https://crm.example/once' }),
    await keyedPost(world, path, key, { url: 'https://crm.example/once' }),
  ]
  world.secrets.add(first.body.secret)
  expect([second.status, second.body.id, second.body.secret]).toEqual([201, first.body.id, null])
  await remove(first.body.id)
})

test('a repeat whose first response was lost shows no secret that would not verify', async () => {
  const key = `key-${Date.now()}`
  const send = () => keyedPost(world, path, key, { url: 'https://crm.example/lost' })
  const { body: first } = await send()
  world.secrets.add(first.secret)
  await world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = ${key}`
  const { status, body: second } = await send()
  expect([status, second.id, second.secret]).toEqual([201, first.id, null])
  const { body: listed } = await world.asNative('GET', path)
  expect(listed.data.filter(({ url }: { url: string }) => url.endsWith('/lost'))).toHaveLength(1)
  await remove(first.id)
})

test('the 21st endpoint is refused', async () => {
  const { body: before } = await world.asNative('GET', path)
  const ids: string[] = []
  for (let count = before.data.length; count < 20; count++) ids.push((await create()).body.id)
  expect(await create()).toMatchObject({ status: 409, body: { code: 'limit_reached' } })
  await Promise.all(ids.map(remove))
})
