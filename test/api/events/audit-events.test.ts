import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor, doors } from '../../support/doors.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Everything that an organization or an operator changes writes an event: who, and which fields; never a value.

let world: World
let keyId: string
beforeAll(async () => {
  world = await createWorld({ worker: false })
  const { body } = await world.asNative('GET', '/v1/api_keys')
  keyId = body.data.find(({ last_four }: { last_four: string }) => world.seeds.secret_key.endsWith(last_four)).id
})
afterAll(() => world.close())

const call = (method: string, path: string, body?: object) => world.asNative(method, path, body)
const admin = (name: string, options: Record<string, string> = {}) =>
  world.admin(name, { organization: world.seeds.org_id, environment: 'sandbox', ...options })

/** Returns the events that `act` writes, as `[type, actor, data]`, oldest first, and what it returned. */
async function eventsOf<T>(act: () => Promise<T>) {
  const [before] = await world.sql<{ id: string }[]>`select max(id) as id from events`
  const result = await act()
  const rows = await world.sql<{ type: string; actor: string; data: Record<string, unknown> }[]>`
    select type, actor, data from events where id > ${before?.id ?? ''} order by id`
  return { result, events: rows.map(({ type, actor, data }) => [type, actor, data] as const) }
}

/** Runs `act`, which must succeed, and returns its events. */
async function written(act: () => Promise<{ status: number }>) {
  const { result, events } = await eventsOf(act)
  expect(result.status).toBeLessThan(300)
  return events
}

test('API keys: created, rotated and revoked, once each', async () => {
  const { result, events } = await eventsOf(() =>
    call('POST', '/v1/api_keys', { name: 'Secret plan', scopes: ['events:read'] }),
  )
  const id = result.body.id as string
  expect(events).toEqual([['api_key.created', 'api', { api_key_id: id, actor_key_id: keyId }]])
  expect(JSON.stringify(events)).not.toContain('Secret plan')

  const rotated = await eventsOf(() => call('POST', `/v1/api_keys/${id}/rotate`, { overlap_seconds: 60 }))
  const newId = rotated.result.body.id as string
  expect(rotated.events).toEqual([
    ['api_key.updated', 'api', { api_key_id: id, changed: ['expires_at'], actor_key_id: keyId }],
    ['api_key.created', 'api', { api_key_id: newId, rotated_from: id, actor_key_id: keyId }],
  ])
  const revoke = () => call('POST', `/v1/api_keys/${newId}/revoke`)
  expect(await written(revoke)).toEqual([['api_key.revoked', 'api', { api_key_id: newId, actor_key_id: keyId }]])
  expect(await written(revoke)).toEqual([])

  const made = await eventsOf(() => admin('create-key', { scopes: '*' }))
  const { id: madeId } = made.result as { id: string }
  expect(made.events).toEqual([['api_key.created', 'operator', { api_key_id: madeId, actor_key_id: null }]])
  const ended = await eventsOf(() => world.admin('revoke-key', { key: madeId }))
  expect(ended.events).toEqual([['api_key.revoked', 'operator', { api_key_id: madeId, actor_key_id: null }]])
})

test('settings: the names of those that change', async () => {
  const change = (values: object) => written(() => call('PATCH', '/v1/settings', values))
  expect(await change({ link_life_seconds: 7200, require_initial: true })).toEqual([
    ['settings.changed', 'api', { changed: ['require_initial', 'link_life_seconds'], actor_key_id: keyId }],
  ])
  expect(await change({ link_life_seconds: 7200, require_initial: null })).toEqual([
    ['settings.changed', 'api', { changed: ['require_initial'], actor_key_id: keyId }],
  ])
  expect(await change({ link_life_seconds: 7200, require_initial: null })).toEqual([])
  const { events } = await eventsOf(() => admin('set-setting', { name: 'link_life_seconds', value: 'null' }))
  expect(events).toEqual([['settings.changed', 'operator', { changed: ['link_life_seconds'], actor_key_id: null }]])
})

test('brands and billable items', async () => {
  const brand = await eventsOf(() => call('POST', '/v1/brands', { name: 'Tailspin' }))
  const brand_id = brand.result.body.id as string
  expect(brand.events).toEqual([['brand.created', 'api', { brand_id, actor_key_id: keyId }]])
  const restyle = () => call('PATCH', `/v1/brands/${brand_id}`, { name: 'Tailspin', colour: '#123456' })
  expect(await written(restyle)).toEqual([
    ['brand.updated', 'api', { brand_id, changed: ['colour'], actor_key_id: keyId }],
  ])
  expect(await written(restyle)).toEqual([])
  const other = await eventsOf(() => admin('create-brand', { name: 'Wingtip' }))
  expect(other.events).toMatchObject([['brand.created', 'operator', { actor_key_id: null }]])

  const wanted = { name: 'Box', type: 'trigger', amount: 900, currency: 'USD' }
  const item = await eventsOf(() => call('POST', '/v1/billable_items', wanted))
  const billable_item_id = item.result.body.id as string
  expect(item.events).toEqual([['billable_item.created', 'api', { billable_item_id, actor_key_id: keyId }]])
  const stop = () => call('PATCH', `/v1/billable_items/${billable_item_id}`, { status: 'inactive' })
  const updated = { billable_item_id, changed: ['status'] }
  expect(await written(stop)).toEqual([['billable_item.updated', 'api', { ...updated, actor_key_id: keyId }]])
  expect(await written(stop)).toEqual([])
  const { events } = await eventsOf(() => admin('set-item', { item: billable_item_id, status: 'active' }))
  expect(events).toEqual([['billable_item.updated', 'operator', { ...updated, actor_key_id: null }]])
})

test('a customer: created, updated and deleted, with the names of the changed fields', async () => {
  const external_id = world.newContact()
  const created = await eventsOf(() => call('POST', '/v1/customers', { external_id, name: 'Ada Lovelace' }))
  const customer_id = created.result.body.id as string
  expect(created.events).toEqual([['customer.created', 'api', { customer_id, actor_key_id: keyId }]])
  const change = (body: object) => written(() => call('PATCH', `/v1/customers/${customer_id}`, body))
  const all = {
    name: 'Ada King',
    address_line1: '12 St James Square',
    metadata: { plan: 'gold' },
    integration_entity_mapping: [{ provider: 'stripe', id: 'cus_mapped' }],
  }
  const changed = ['name', 'address_line1', 'metadata', 'integration_entity_mapping']
  expect(await change(all)).toEqual([['customer.updated', 'api', { customer_id, changed, actor_key_id: keyId }]])
  expect(await change(all)).toEqual([])
  const { body: parent } = await call('POST', '/v1/customers', { external_id: world.newContact() })
  expect(await change({ parent_customer_id: parent.id })).toMatchObject([
    ['customer.updated', 'api', { changed: ['parent_customer_id'] }],
  ])
  const { result, events } = await eventsOf(() => call('DELETE', `/v1/customers/${customer_id}`))
  expect(result.status).toBe(204)
  expect(events).toEqual([['customer.deleted', 'api', { customer_id, actor_key_id: keyId }]])
  const stored = await world.sql`select data from events`
  expect(JSON.stringify(stored)).not.toMatch(/Ada|James|gold|cus_mapped|@example/)
})

test('a call that is repeated with its Idempotency-Key, and one that fails, write no second event', async () => {
  const headers = { 'Idempotency-Key': randomUUID() }
  const external_id = `REF-${randomUUID()}`
  const create = () => callDoor(world, 'moment', 'POST', '', { external_reference: external_id }, { headers })
  expect(await written(create)).toHaveLength(1)
  expect(await written(create)).toEqual([])
  const { result, events } = await eventsOf(() => call('POST', '/v1/customers', { external_id }))
  expect([result.status, events]).toEqual([409, []])
})

test.each(Object.keys(doors) as (keyof typeof doors)[])('customers at the door %s', async (door) => {
  const { smallest } = doors[door]
  const { result, events } = await eventsOf(() => callDoor(world, door, 'POST', '', smallest(`REF-${randomUUID()}`)))
  expect(result.status).toBeLessThan(300)
  expect(events).toMatchObject([['customer.created', 'api', { actor_key_id: keyId }]])
})

test('a contact that is first named by an onboarding is created, and changes of its record are events', async () => {
  const customer_id = world.newContact()
  const open = (more: object = {}) => call('POST', '/v1/billing_customers', { customer_id, ...more })
  const by = { actor_key_id: keyId }
  const { result, events } = await eventsOf(open)
  expect(events).toEqual([
    ['customer.created', 'api', { customer_id: result.body.customer_id, ...by }],
    ['billing_customer.created', 'api', by],
    ['billing_customer.setup_started', 'system', { n: 1 }],
  ])
  expect(await written(open)).toEqual([])
  const more = { notes: 'Rather not said', initial_amount: 4400, metadata: { tier: 'gold' } }
  const changed = ['notes', 'metadata', 'initial_amount']
  expect(await written(() => open(more))).toEqual([['billing_customer.updated', 'api', { changed, ...by }]])
  expect(await written(() => open(more))).toEqual([])
})

test('commands name the key that gave them, or the operator', async () => {
  const { bc } = await world.openSetup()
  const command = (name: string, body?: object) =>
    written(() => call('POST', `/v1/billing_customers/${bc}/${name}`, body))
  expect(await command('setup_link', { replace: true })).toEqual([
    ['billing_customer.setup_link_replaced', 'api', { actor_key_id: keyId }],
  ])
  const reason = 'Agreed with the customer'
  expect(await command('cancel', { reason })).toEqual([
    ['onboarding.canceling', 'api', { reason, actor_key_id: keyId }],
  ])
  const again = await eventsOf(() => world.admin('cancel', { 'billing-customer': bc, reason, operator: 'Grace' }))
  expect(again.events).toEqual([['onboarding.canceling', 'operator Grace', { reason }]])
})

test('another organization sees none of it', async () => {
  const { body } = await world.asNative('GET', '/v1/events?limit=100', undefined, world.seeds.other_org.secret_key)
  const { org_id } = world.seeds
  const own = await world.sql<{ id: string }[]>`select id from events where organization_id = ${org_id}`
  const ids = new Set(own.map(({ id }) => id))
  expect(body.data.filter(({ id }: { id: string }) => ids.has(id))).toEqual([])
  const list = await call('GET', '/v1/events?type=settings.changed&limit=1')
  expect(list.body.data).toMatchObject([{ billing_customer_id: null, onboarding_id: null, sequence: null }])
})
