import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { callDoor } from '../../support/doors.ts'
import { until } from '../../support/until.ts'
import { setSettings } from '../../support/erasure/person.ts'
import { fillTables } from '../../support/fill-tables.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// What a call or a step reads does not grow with the data of others: no statement scans a whole table.

const rows = 5_000
let world: World
let watching: Database
beforeAll(async () => {
  world = await createWorld()
  watching = openDatabase(world.databaseUrl, { name: 'watching', max: 1 })
  await fillTables(world, rows)
})
afterAll(async () => {
  await watching.end()
  await world.close()
})

/** Ends all sessions, which makes them report their statistics at once. */
async function endSessions(): Promise<void> {
  await watching`select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = current_database()
    and pid <> pg_backend_pid()`
  await until(async () => (await Promise.allSettled([world.sql`select 1`]))[0].status === 'fulfilled')
}

/** Returns the number of rows of each table that were read by sequential scans. */
async function walked(): Promise<Map<string, number>> {
  await endSessions()
  const found = await watching<{ table: string; read: number }[]>`
    select relname as table, seq_tup_read as read from pg_stat_user_tables`
  return new Map(found.map(({ table, read }) => [table, Number(read)]))
}

/** Frequent reads of one customer's data, and pages of lists. */
const reads = (of: { bc: string; customer: string; onboarding: string; externalId: string }): string[] => [
  `/v1/customers/${of.customer}`,
  `/v1/customers/${of.customer}/export`,
  '/v1/customers?limit=10',
  '/v1/customers?limit=10&status=none',
  '/v1/customers?limit=10&status=pending',
  `/v1/customers?external_id=${of.externalId}`,
  '/v1/customers?email=17@example.com',
  `/v1/customers?parent_customer_id=${of.customer}`,
  `/v1/billing_customers/${of.bc}`,
  '/v1/billing_customers?limit=10',
  '/v1/billing_customers?limit=10&onboarding_status=completed',
  '/v1/billing_customers?limit=10&onboarding_status=pending',
  `/v1/billing_customers?customer_id=${of.customer}`,
  `/v1/billing_customers?external_id=${of.externalId}`,
  '/v1/charges?limit=10',
  `/v1/charges?billing_customer_id=${of.bc}`,
  `/v1/charges?onboarding_id=${of.onboarding}`,
  '/v1/enrollments?limit=10',
  `/v1/enrollments?billing_customer_id=${of.bc}`,
  '/v1/events?limit=10',
  `/v1/events?billing_customer_id=${of.bc}`,
  `/v1/events?onboarding_id=${of.onboarding}`,
  `/billing-io/v1/customers/${of.customer}`,
  '/billing-io/v1/customers?limit=10',
  `/moment/billing/customers/${of.externalId}`,
]

async function onboardOne() {
  const { contact, bc, page } = await world.openSetup()
  // A session that was ended just now can cost one call a 503.
  const token = await page.cardToken()
  await until(
    () => page.submitToken(token),
    ({ status }) => status === 202,
  )
  expect(await world.ended(bc)).toBe('completed')
  const [ids] = await world.sql<{ customer: string; onboarding: string }[]>`
    select customer_id as customer, o.id as onboarding
    from billing_customers b join onboardings o on o.billing_customer_id = b.id where b.id = ${bc}`
  return { contact, bc, ...ids!, externalId: encodeURIComponent(contact) }
}

async function answered(method: string, path: string, body?: object): Promise<void> {
  const answer = await world.asNative(method, path, body)
  expect([path, answer.status]).toEqual([path, 200])
}

test('an onboarding and the calls about it', async () => {
  const before = await walked()
  const one = await onboardOne()
  await world.edge('createCustomer', { contact_id: one.contact })
  for (const path of reads(one)) await answered('GET', path)
  for (const action of ['suspend', 'restore', 'payment_method'])
    await answered('POST', `/v1/billing_customers/${one.bc}/${action}`, {})
  const { bc } = await world.openSetup()
  await answered('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'no longer wanted' })
  expect(await world.ended(bc)).toBe('canceled')
  const { id } = (await callDoor(world, 'flexprice', 'POST', '', { external_id: 'to_be_deleted' })).body
  expect((await callDoor(world, 'flexprice', 'DELETE', `/${id}`)).status).toBe(204)
  await setSettings(world, { erasure_delay_days: 0 })
  const { customer_id: erased } = (await world.asNative('GET', `/v1/billing_customers/${bc}`)).body
  expect((await world.asNative('DELETE', `/v1/customers/${erased}`)).status).toBe(204)
  const after = await walked()
  const read = [...after].map(([table, read]) => [table, read - (before.get(table) ?? 0)] as const)
  expect(read.filter(([, read]) => read >= rows)).toEqual([])
})

/** Returns how many rows of customers, billing customers and onboardings were read by index or sequential scans. */
async function rowsRead(): Promise<number> {
  await endSessions()
  const [row] = await watching<{ read: number }[]>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_user_tables
    where relname in ('customers', 'billing_customers', 'onboardings')`
  return row!.read
}

/**
 * Returns how many rows a call reads, called more often than custom plans are used (plan_cache_mode). The least of some
 * measurements: a worker's own statement can fall into one.
 */
async function rowsReadBy(call: () => Promise<void>): Promise<number> {
  const measured: number[] = []
  for (let round = 0; round < 3 && !(measured.at(-1)! < rows / 10); round++) {
    const before = await rowsRead()
    for (let i = 0; i < 8; i++) await call()
    measured.push(((await rowsRead()) - before) / 8)
  }
  return Math.min(...measured)
}

test('a filter by a rare status reads few rows', async () => {
  await world.sql`update onboardings set result = 'failed' where id in ('onb_7', 'onb_70', 'onb_700')`
  await world.sql`analyze onboardings`
  const lists: [path: string, found: number | undefined][] = [
    ['/v1/billing_customers?limit=10&onboarding_status=failed', 3],
    ['/v1/billing_customers?limit=10&onboarding_status=expired', 0],
    ['/v1/billing_customers?limit=10&onboarding_status=completed', 10],
    ['/v1/billing_customers?limit=10&onboarding_status=pending', undefined],
    ['/v1/billing_customers?limit=10&status=suspended', 0],
    ['/v1/customers?limit=10&status=suspended', 0],
  ]
  for (const [path, found] of lists) {
    const read = await rowsReadBy(async () => {
      const { body } = await world.asNative('GET', path)
      if (found !== undefined) expect(body.data, path).toHaveLength(found)
    })
    expect(read, path).toBeLessThan(rows / 10)
  }
})

test('a filter by what live onboardings wait for reads few rows', async () => {
  // Not started, so that no sweep looks for their runs.
  await world.sql`
    update onboardings set ended_at = null, result = null, blocked_on = 'customer', wake_at = now() + interval '1 day'
    where id ~ '^onb_[0-9]{1,4}$' and id <> 'onb_7'`
  await world.sql`update onboardings set blocked_on = 'operator' where id in ('onb_70', 'onb_700')`
  await world.sql`analyze onboardings`
  const lists: [path: string, found: string[] | undefined][] = [
    ['/v1/billing_customers?limit=10&blocked_on=customer', undefined],
    ['/v1/billing_customers?limit=10&blocked_on=customer&onboarding_status=pending', undefined],
    ['/v1/billing_customers?limit=10&blocked_on=operator', ['bc_700', 'bc_70']],
    ['/v1/billing_customers?limit=10&blocked_on=operator&onboarding_status=completed', []],
    ['/v1/billing_customers?limit=10&blocked_on=gateway', []],
  ]
  for (const [path, found] of lists) {
    const read = await rowsReadBy(async () => {
      const { body } = await world.asNative('GET', path)
      const ids = (body.data as { id: string }[]).map(({ id }) => id)
      if (found) expect(ids, path).toEqual(found)
      else expect(ids, path).toHaveLength(10)
    })
    expect(read, path).toBeLessThan(rows / 10)
  }
  await world.sql`
    update onboardings set ended_at = now(), result = 'completed', blocked_on = null, wake_at = null
    where id ~ '^onb_[0-9]{1,4}$'`
})
