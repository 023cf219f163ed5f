import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteIdleEndpoints } from '../../../../../store/webhooks/forget.ts'
import { undocumentedWebhook } from '../../../../support/documented/documented.ts'
import { until } from '../../../../support/until.ts'
import { createWorld, type Answer, type World } from '../../../../support/world/world.ts'

let world: World
let isDraining = false
beforeAll(async () => {
  world = await createWorld({ worker: false, isDraining: () => isDraining })
})
afterAll(() => world.close())

const path = '/v1/webhook_endpoints'
interface Pulled {
  id: string
  type: string
  sequence: number
  data: Record<string, unknown>
}

async function create(body: object = {}): Promise<Answer> {
  const answer = await world.asNative('POST', path, { kind: 'pull', ...body })
  if (answer.body.secret) world.secrets.add(answer.body.secret)
  return answer
}
const endpoint = async (body: object = {}): Promise<string> => (await create(body)).body.id
const ofOnboardings = () => endpoint({ types: ['billing_customer.*'] })
async function pull(id: string, query = ''): Promise<Pulled[]> {
  const { status, body } = await world.asNative('GET', `${path}/${id}/pull${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}
const acknowledge = async (id: string, events: Pulled[]) =>
  (await world.asNative('POST', `${path}/${id}/ack`, { event_ids: events.map((event) => event.id) })).body.acknowledged
const endLeases = (id: string) =>
  world.sql`update webhook_deliveries set leased_until = now() - interval '1 s' where endpoint_id = ${id}`
const places = (events: Pulled[]) => events.map(({ sequence, data }) => `${data.billing_customer_id} ${sequence}`)
const firstTwo = (bc: string) => [`${bc} 1`, `${bc} 2`]

test('events are pulled in order, hidden while leased, returned again after that, and ended once', async () => {
  const id = await ofOnboardings()
  const { bc, contact } = await world.openSetup()
  const events = await pull(id)
  expect(places(events)).toEqual(firstTwo(bc))
  for (const event of events) {
    expect(undocumentedWebhook(event)).toBeUndefined()
    expect(event.data).toMatchObject({ external_id: contact })
  }
  expect(await pull(id)).toEqual([])
  await endLeases(id)
  expect(await pull(id)).toEqual(events)
  expect(await acknowledge(id, events.slice(0, 1))).toBe(1)
  expect(await acknowledge(id, events)).toBe(1)
  await endLeases(id)
  expect(await pull(id)).toEqual([])
  const { body } = await world.asNative('GET', `${path}/${id}`)
  expect(body).toMatchObject({
    ...{ kind: 'pull', url: null, idle_timeout_seconds: 2_592_000 },
    health: { pending: 0, last_pulled_at: expect.any(String), last_delivered_at: expect.any(String) },
  })
})

test('HEAD is rejected and leases nothing', async () => {
  const id = await ofOnboardings()
  const { bc } = await world.openSetup()
  const { status, headers } = await world.asNative('HEAD', `${path}/${id}/pull`)
  expect([status, headers.get('Allow')]).toEqual([405, 'GET'])
  expect(places(await pull(id))).toEqual(firstTwo(bc))
})

test('later events of a billing customer wait while an earlier one is leased, those of others do not', async () => {
  const id = await ofOnboardings()
  const one = await world.openSetup()
  const [first] = await pull(id, '?limit=1&lease_seconds=3600')
  expect(places([first!])).toEqual([`${one.bc} 1`])
  expect(await pull(id)).toEqual([])
  const other = await world.openSetup()
  expect(places(await pull(id))).toEqual(firstTwo(other.bc))
  await endLeases(id)
  expect(places(await pull(id)).filter((place) => place.startsWith(one.bc))).toEqual(firstTwo(one.bc))
})

test('the order is that of the sequence, also if the times say otherwise', async () => {
  const id = await ofOnboardings()
  const { bc } = await world.openSetup()
  await world.sql`
    update webhook_deliveries set due_at = now() - sequence * interval '1 minute' where endpoint_id = ${id}`
  const pulled: Pulled[] = []
  for (let i = 0; i < 2; i++) {
    const events = await pull(id, '?limit=1')
    await acknowledge(id, events)
    pulled.push(...events)
  }
  expect(places(pulled)).toEqual(firstTwo(bc))
})

test('pulls at the same time share the events', async () => {
  const id = await ofOnboardings()
  for (let i = 0; i < 5; i++) await world.openSetup()
  const pulls = await Promise.all(Array.from({ length: 5 }, () => pull(id, '?limit=2')))
  await endLeases(id)
  const all = places(await pull(id))
  expect(new Set(places(pulls.flat())).size).toBe(pulls.flat().length)
  expect(all).toHaveLength(10)
  for (const events of pulls) for (const place of places(events)) expect(all).toContain(place)
})

test('a pull waits for the first event; one that nobody waits for any more takes none', async () => {
  const id = await ofOnboardings()
  const leaving = new AbortController()
  const left = fetch(`${world.apiUrl}${path}/${id}/pull?wait_seconds=10`, {
    headers: { Authorization: `Bearer ${world.seeds.secret_key}` },
    signal: leaving.signal,
  }).catch(() => 'aborted')
  await until(async () => (await world.asNative('GET', `${path}/${id}`)).body.health.last_pulled_at !== null)
  leaving.abort()
  expect(await left).toBe('aborted')
  const waiting = pull(id, '?wait_seconds=10')
  const { bc } = await world.openSetup()
  const events = await waiting
  const rest = events.length === 1 ? (await acknowledge(id, events), await pull(id)) : []
  expect(places([...events, ...rest])).toEqual(firstTwo(bc))
})

test('a pull that waits ends with its process, and takes no event that it would not return', async () => {
  const id = await ofOnboardings()
  const waiting = pull(id, '?wait_seconds=10')
  await until(async () => (await world.asNative('GET', `${path}/${id}`)).body.health.last_pulled_at !== null)
  isDraining = true
  const { bc } = await world.openSetup()
  expect(await waiting).toEqual([])
  isDraining = false
  expect(places(await pull(id))).toEqual(firstTwo(bc))
})

test('a pull whose key is revoked while it waits is 401, and takes no event', async () => {
  const id = await ofOnboardings()
  const scopes = ['webhook_endpoints:write', 'events:read']
  const { body: key } = await world.asNative('POST', '/v1/api_keys', { name: 'pull', scopes })
  world.secrets.add(key.secret)
  const headers = { Authorization: `Bearer ${key.secret}` }
  const waiting = fetch(`${world.apiUrl}${path}/${id}/pull?wait_seconds=10`, { headers })
  await until(async () => (await world.asNative('GET', `${path}/${id}`)).body.health.last_pulled_at !== null)
  expect((await world.asNative('POST', `/v1/api_keys/${key.id}/revoke`, {})).status).toBe(200)
  const { bc } = await world.openSetup()
  expect((await waiting).status).toBe(401)
  expect(places(await pull(id))).toEqual(firstTwo(bc))
})

test('a pull endpoint is deleted if nobody pulls for as long as it says, and no other endpoint is', async () => {
  const [idle, used, push] = [
    await endpoint({ idle_timeout_seconds: 3_600 }),
    await endpoint({ idle_timeout_seconds: 3_600 }),
    await endpoint({ kind: 'push', url: 'https://crm.example/hooks' }),
  ]
  await world.sql`
    update webhook_endpoints set created_at = now() - interval '61 minutes'
    where id in ${world.sql([idle, used, push])}`
  await pull(used)
  await deleteIdleEndpoints(world.sql)
  const statuses = [idle, used, push].map(async (id) => (await world.asNative('GET', `${path}/${id}`)).status)
  expect(await Promise.all(statuses)).toEqual([404, 200, 200])
  const events = await world.sql`
    select actor, data from events
    where type = 'webhook_endpoint.deleted' and data ->> 'webhook_endpoint_id' = ${idle}`
  expect([...events]).toMatchObject([{ actor: 'system', data: { actor_key_id: null } }])
})

test('a disabled endpoint keeps its events; a push endpoint has none to pull', async () => {
  const id = await ofOnboardings()
  await world.asNative('POST', `${path}/${id}/disable`)
  const { bc } = await world.openSetup()
  expect(await world.asNative('GET', `${path}/${id}/pull`)).toMatchObject({
    ...{ status: 409, body: { code: 'endpoint_disabled' } },
  })
  await world.asNative('POST', `${path}/${id}/enable`, {})
  expect(places(await pull(id))).toEqual(firstTwo(bc))
  const push = await endpoint({ kind: 'push', url: 'https://crm.example/hooks' })
  for (const [method, call, body] of [['GET', 'pull'] as const, ['POST', 'ack', { event_ids: ['evt_1'] }] as const])
    expect(await world.asNative(method, `${path}/${push}/${call}`, body)).toMatchObject({
      ...{ status: 409, body: { code: 'push_endpoint' } },
    })
})

test('a retry of a pull endpoint is refused, whether it is enabled or not; its test event is pulled', async () => {
  const id = await endpoint({ types: ['charge.*'] })
  const sent = await world.asNative('POST', `${path}/${id}/test`)
  expect((await pull(id)).map((event) => event.id)).toEqual([sent.body.event_id])
  const refusal = { status: 409, body: { code: 'pull_endpoint', param: 'id' } }
  expect(await world.asNative('POST', `${path}/${id}/retry`)).toMatchObject(refusal)
  const byOperator = world.admin('webhook-retry', { endpoint: id })
  await expect(byOperator).rejects.toMatchObject({ conflict: 'pull_endpoint', param: '--endpoint' })
  await world.asNative('POST', `${path}/${id}/disable`)
  expect(await world.asNative('POST', `${path}/${id}/retry`)).toMatchObject(refusal)
})

test('pulling requires the scopes of both, and the endpoint to be one of the caller', async () => {
  const id = await ofOnboardings()
  const keyWith = async (...scopes: string[]) => (await world.asNative('POST', '/v1/api_keys', { scopes })).body.secret
  const status = async (key: string) => (await world.asNative('GET', `${path}/${id}/pull`, undefined, key)).status
  expect(await status(await keyWith('events:read', 'webhook_endpoints:read'))).toBe(403)
  expect(await status(await keyWith('webhook_endpoints:write'))).toBe(403)
  expect(await status(await keyWith('webhook_endpoints:write', 'events:read'))).toBe(200)
  expect(await status(world.seeds.other_org.secret_key)).toBe(404)
})

test.each([
  [{ url: 'https://crm.example/hooks' }, 'url'],
  [{ kind: 'push' }, 'url'],
  [{ kind: 'push', url: 'https://crm.example/hooks', idle_timeout_seconds: 3_600 }, 'idle_timeout_seconds'],
  [{ idle_timeout_seconds: 59 }, 'idle_timeout_seconds'],
  [{ idle_timeout_seconds: 2_592_001 }, 'idle_timeout_seconds'],
  [{ kind: 'poll' }, 'kind'],
])('%j is refused because of %s', async (body, param) => {
  const answer = await create(body)
  expect([answer.status, answer.body.errors?.[0]?.param]).toEqual([400, param])
})

test.each(['limit=101', 'limit=0', 'wait_seconds=11', 'lease_seconds=0', 'lease_seconds=3601', 'after=1'])(
  'a pull with %s is refused',
  async (query) => {
    const id = await endpoint()
    const { status, body } = await world.asNative('GET', `${path}/${id}/pull?${query}`)
    expect([status, body.errors?.[0]?.param]).toEqual([400, query.split('=')[0]])
    await world.asNative('DELETE', `${path}/${id}`)
  },
)

test('a pull endpoint gets no URL later', async () => {
  const id = await endpoint()
  const { status, body } = await world.asNative('PATCH', `${path}/${id}`, { url: 'https://crm.example/hooks' })
  expect([status, body.errors?.[0]?.param]).toEqual([400, 'url'])
})
