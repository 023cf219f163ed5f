import { afterEach, expect, test } from 'vitest'
import { insertTenantEvent, type NewTenantEvent } from '../../store/events/events.ts'
import { disableEndpoint, enableEndpoint } from '../../store/webhooks/endpoint-state.ts'
import { deleteEndpoint } from '../../store/webhooks/endpoints.ts'
import { createTurn } from '../../activities/webhooks/turn.ts'
import { healthy } from '../../domain/webhooks/health.ts'
import { skipOfDeleted } from '../../store/webhooks/forget.ts'
import { recordHealth } from '../../store/webhooks/health.ts'
import { claimEndpoint, claimEndpoints } from '../../store/webhooks/leases.ts'
import { readBatch, writeResults } from '../../store/webhooks/deliveries/deliveries.ts'
import { webhookWorld } from '../support/webhooks/deliveries.ts'

const own = webhookWorld()

// A tenant can have twenty.
afterEach(() => own.world.sql`update webhook_endpoints set deleted_at = now()`.then(() => {}))

const operator = { actor: 'operator' } as const
const url = 'http://127.0.0.1:9/hooks'
const settingsChanged: NewTenantEvent = {
  type: 'settings.changed',
  actor: 'api',
  data: { changed: ['gateways'] },
}
const typesAt = async (endpointId: string) =>
  (
    await own.world.sql<{ type: string }[]>`
      select e.type from webhook_deliveries d join events e on e.id = d.event_id
      where d.endpoint_id = ${endpointId} order by d.event_id`
  ).map(({ type }) => type)

test('routes by type, group, tenant and environment, to endpoints that exist', async () => {
  const { organizationId } = own.hooks.tenant
  const all = await own.hooks.endpoint(url)
  const settings = await own.hooks.endpoint(url, { types: ['settings.changed'] })
  const group = await own.hooks.endpoint(url, { types: ['settings.*', 'charge.succeeded'] })
  const charges = await own.hooks.endpoint(url, { types: ['charge.*'] })
  const live = await own.hooks.endpoint(url, { environment: 'live' })
  const foreign = await own.hooks.endpoint(url, { organizationId: own.world.seeds.other_org.org_id })
  const deleted = await own.hooks.endpoint(url)
  await deleteEndpoint(own.world.sql, deleted, operator)
  const disabled = await own.hooks.endpoint(url)
  await own.world.sql.begin((sql) => disableEndpoint(sql, disabled, 'operator', operator))
  await own.world.sql`delete from webhook_deliveries`
  await own.world.sql.begin((sql) =>
    insertTenantEvent(sql, { organizationId, environment: 'sandbox' }, settingsChanged),
  )
  const endpoints = { all, settings, group, charges, live, foreign, deleted, disabled }
  const got = Object.entries(endpoints).map(async ([name, { id }]) => [name, (await typesAt(id)).length])
  expect(Object.fromEntries(await Promise.all(got))).toEqual({
    all: 1,
    settings: 1,
    group: 1,
    charges: 0,
    live: 0,
    foreign: 0,
    deleted: 0,
    disabled: 1,
  })
})

test('an event that is rolled back leaves no delivery', async () => {
  const { id } = await own.hooks.endpoint(url)
  const before = await typesAt(id)
  const failing = own.world.sql.begin(async (sql) => {
    await insertTenantEvent(sql, own.hooks.tenant, settingsChanged)
    throw new Error('rolled back')
  })
  await expect(failing).rejects.toThrow('rolled back')
  expect(await typesAt(id)).toEqual(before)
})

test('every event of an opened onboarding is routed in its order', async () => {
  const { id } = await own.hooks.endpoint(url)
  const { bc } = await own.world.openSetup()
  const rows = await own.world.sql<{ sequence: number }[]>`
    select sequence from webhook_deliveries where endpoint_id = ${id} and billing_customer_id = ${bc} order by sequence`
  const events = await own.world.sql`select sequence from events where billing_customer_id = ${bc} order by sequence`
  expect(rows).toEqual(events)
  expect(rows.length).toBeGreaterThan(1)
})

test('what is skipped when an endpoint is enabled is not sent, and what it collected is', async () => {
  const collect = async (catchUp: boolean) => {
    const endpoint = await own.hooks.endpoint(url)
    await own.world.sql.begin((sql) => disableEndpoint(sql, endpoint, 'caller', operator))
    await own.world.sql.begin((sql) => insertTenantEvent(sql, own.hooks.tenant, settingsChanged))
    await own.world.sql.begin((sql) => enableEndpoint(sql, endpoint, catchUp, operator))
    const rows = await own.world.sql<{ state: string }[]>`
      select d.state from webhook_deliveries d join events e on e.id = d.event_id
      where d.endpoint_id = ${endpoint.id} and e.type = 'settings.changed'`
    return rows.map(({ state }) => state)
  }
  expect([await collect(true), await collect(false)]).toEqual([['pending'], ['skipped']])
})

test('what is pending for a deleted endpoint is skipped by housekeeping', async () => {
  const endpoint = await own.hooks.endpoint(url)
  await own.world.sql.begin((sql) => insertTenantEvent(sql, own.hooks.tenant, settingsChanged))
  await deleteEndpoint(own.world.sql, endpoint, operator)
  await skipOfDeleted(own.world.sql)
  expect(await own.hooks.states(endpoint.id)).toEqual([{ state: 'skipped', count: expect.any(Number) }])
})

test('concurrent claims share the endpoints, at most eight of an organization', async () => {
  for (let i = 0; i < 10; i++) await own.hooks.endpoint(url, { description: `${i}` }).catch(() => {})
  await own.world.sql.begin((sql) => insertTenantEvent(sql, own.hooks.tenant, settingsChanged))
  for (let round = 0; round < 20; round++) {
    await own.world.sql`update webhook_health set leased_until = null, served_at = null`
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimEndpoints(own.world.sql, 3)))
    const ids = claims.flat().map(({ endpointId }) => endpointId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeLessThanOrEqual(8)
    expect(ids.length).toBeGreaterThanOrEqual(3)
  }
})

test('a result that arrives after the delivery has ended changes nothing', async () => {
  const { id } = await own.hooks.endpoint(url)
  await own.world.sql.begin((sql) => insertTenantEvent(sql, own.hooks.tenant, settingsChanged))
  const [{ eventId }] = await own.world.sql<[{ eventId: string }]>`
    select event_id from webhook_deliveries where endpoint_id = ${id} limit 1`
  const result = { status: 200, error: null, response: null, retryAfter: null, took: 3 }
  const late = { ...result, status: 500, error: 'status' as const }
  await writeResults(own.world.sql, id, [{ eventId, do: 'delivered', result }])
  await writeResults(own.world.sql, id, [{ eventId, do: 'refused', result: late, counts: true, retryIn: 5 }])
  const rows = await own.world.sql`
    select d.state, d.tries, t.status from webhook_deliveries d join webhook_tries t using (endpoint_id, event_id)
    where d.endpoint_id = ${id} and d.event_id = ${eventId}`
  expect(rows).toEqual([{ state: 'delivered', tries: 1, status: 200 }])
})

test('an attempt that does not count keeps the place of its delivery in the order', async () => {
  const { id } = await own.hooks.endpoint(url)
  await own.world.sql.begin((sql) => insertTenantEvent(sql, own.hooks.tenant, settingsChanged))
  const dueAt = async () =>
    (await own.world.sql`select due_at from webhook_deliveries where endpoint_id = ${id} order by event_id limit 1`)[0]
  const [{ eventId }] = await own.world.sql<[{ eventId: string }]>`
    select event_id from webhook_deliveries where endpoint_id = ${id} order by event_id limit 1`
  const before = await dueAt()
  const result = { status: 503, error: 'status' as const, response: null, retryAfter: null, took: 3 }
  await writeResults(own.world.sql, id, [{ eventId, do: 'refused', result, counts: false, retryIn: 0 }])
  expect(await dueAt()).toEqual(before)
})

test('an attempt under way when an endpoint is enabled does not write its old health', async () => {
  const endpoint = await own.hooks.endpoint(url)
  const [lease] = await own.world.sql<[{ lease: number }]>`
    select lease from webhook_health where endpoint_id = ${endpoint.id}`
  const { id: endpointId, organizationId, environment } = endpoint
  const held = {
    endpointId,
    organizationId,
    environment,
    lease: lease.lease,
    url,
    health: healthy,
    now: () => new Date(),
  }
  await own.world.sql.begin((sql) => disableEndpoint(sql, endpoint, 'caller', operator))
  await own.world.sql.begin((sql) => enableEndpoint(sql, endpoint, true, operator))
  const old = { ...healthy, state: 'failing' as const, failures: 80, failingSince: new Date(0), retryAt: new Date() }
  await recordHealth(own.world.sql, held, old, { status: 503, error: 'status' }, 'failing')
  const [row] = await own.world.sql`
    select w.status, h.state, h.failures from webhook_endpoints w join webhook_health h on h.endpoint_id = w.id
    where w.id = ${endpointId}`
  expect(row).toEqual({ status: 'enabled', state: 'healthy', failures: 0 })
})

test('a turn ends if it may no longer begin a lane that it was about to begin', async () => {
  const endpoint = await own.hooks.endpoint(url)
  await own.world.sql.begin((sql) => insertTenantEvent(sql, own.hooks.tenant, settingsChanged))
  await own.world.sql`update webhook_health set leased_until = null where endpoint_id = ${endpoint.id}`
  const lease = (await claimEndpoint(own.world.sql, { ...own.hooks.tenant, endpointId: endpoint.id }))!
  for (const allowed of [0, 1, 2, 3]) {
    let asked = 0
    const turn = createTurn(
      own.hooks.dependencies,
      lease,
      () => new Promise(() => {}),
      () => ++asked > allowed,
    )
    const due = await readBatch(own.world.sql, endpoint.id, 1)
    const ended = turn.sendLanes([due]).then(() => 'ended')
    const late = new Promise((resolve) => setTimeout(() => resolve('sending'), 300))
    if (allowed < 2) await ended
    else expect(await Promise.race([ended, late])).toBe('sending')
  }
})
