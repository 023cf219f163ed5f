import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { skipCollected } from '../../store/webhooks/endpoint-state.ts'
import { deleteBulk } from '../../store/bulk/forget.ts'
import { deleteExpiredKeys } from '../../store/tenants/idempotency-keys.ts'
import { applyBulkCommand } from '../../store/bulk/transitions.ts'
import { rowsRead } from './rows-read.ts'
import { addPending, clearPending } from '../support/webhooks/backlog.ts'
import { webhookWorld } from '../support/webhooks/deliveries.ts'

// Statements that change many rows of one owner, in batches. PostgreSQL's statistics do not know the owner yet, because
// its rows came after the last analyze: PostgreSQL plans as if it had one row. What a statement reads must grow with
// the number of rows all the same, not with its square.

const own = webhookWorld()
const operator = { actor: 'operator' } as const
const rows = 5_000
const most = 10 * rows
const newBulk = 'bulk_00000000000000000000000002'
const read = (table: string, work: Parameters<typeof rowsRead>[2]) => rowsRead(own.world.sql, table, work)

const addBulk = async (id: string, state: 'ready' | 'failed', status: 'running' | 'checked') => {
  await own.world.sql`
    insert into bulk_onboardings (id, organization_id, environment, status, on_invalid, options, rows_per_second,
      starts_per_second, created_by, may_enroll, wake_at)
    values (${id}, ${own.hooks.tenant.organizationId}, 'sandbox', ${status}, 'skip', '{}', 100, 10, 'key_1', true,
      ${status === 'running' ? new Date() : null})`
  await own.world.sql`
    insert into bulk_rows (bulk_id, n, line, external_id, input, state)
    select ${id}, n, n + 1, n::text, '{}', ${state} from generate_series(1, ${rows}) n`
}

beforeAll(async () => {
  for (const table of ['bulk_rows', 'webhook_deliveries'])
    await own.world.sql`alter table ${own.world.sql(table)} set (autovacuum_enabled = false)`
})
beforeEach(async () => {
  await own.world.sql`delete from bulk_rows`
  await own.world.sql`delete from bulk_onboardings`
  await addBulk('bulk_00000000000000000000000001', 'ready', 'checked')
  await own.world.sql`vacuum analyze bulk_rows`
})
// Its events are not as documented, which closing the world would say.
afterAll(() => clearPending(own))

const states = () => own.world.sql`
  select state, count(*)::integer from bulk_rows where bulk_id = ${newBulk} group by 1`

test('a bulk onboarding is deleted', async () => {
  await addBulk(newBulk, 'ready', 'checked')
  expect(await read('bulk_rows', (sql) => deleteBulk(sql, newBulk))).toBeLessThan(most)
  expect(await own.world.sql`select bulk_id, count(*)::integer from bulk_rows group by 1`).toEqual([
    { bulkId: 'bulk_00000000000000000000000001', count: rows },
  ])
})

test('a bulk onboarding is canceled', async () => {
  await addBulk(newBulk, 'ready', 'running')
  const cancel = { name: 'cancel' } as const
  const work = (sql: typeof own.world.sql) => applyBulkCommand(sql, { bulkId: newBulk }, cancel, operator)
  expect(await read('bulk_rows', work)).toBeLessThan(most)
  expect(await states()).toEqual([{ state: 'skipped', count: rows }])
})

test('failed rows of a bulk onboarding are retried', async () => {
  await addBulk(newBulk, 'failed', 'running')
  const retry = { name: 'retryFailed' } as const
  const work = (sql: typeof own.world.sql) => applyBulkCommand(sql, { bulkId: newBulk }, retry, operator)
  expect(await read('bulk_rows', work)).toBeLessThan(most)
  expect(await states()).toEqual([{ state: 'ready', count: rows }])
})

test('events that a disabled endpoint collected are skipped', async () => {
  const types = ['webhook_endpoint.test']
  const old = await own.hooks.endpoint('http://127.0.0.1:9/old', { types })
  await addPending(own, old.id, { customers: 20, eventsOfEach: 250 })
  await own.world.sql`vacuum analyze webhook_deliveries`
  await own.world.sql`update webhook_deliveries set state = 'delivered', done_at = now()`
  const { id } = await own.hooks.endpoint('http://127.0.0.1:9/new', { types })
  await addPending(own, id, { customers: 20, eventsOfEach: 250 })
  await own.world.sql`
    update webhook_endpoints set status = 'disabled', disabled_because = 'operator', disabled_at = now()
    where id = ${id}`
  const work = (sql: typeof own.world.sql) => skipCollected(sql, { ...own.hooks.tenant, id })
  expect(await read('webhook_deliveries', work)).toBeLessThan(most)
  expect(await own.hooks.states(id)).toEqual([{ state: 'skipped', count: rows }])
})

test('more expired Idempotency-Keys than a batch are deleted, and no others', async () => {
  await own.world.sql`
    insert into idempotency_keys (organization_id, environment, door, key, request_hash, reserved_id, leased_until,
      created_at)
    select ${own.hooks.tenant.organizationId}, 'sandbox', 'native', 'key-' || n, '', gen_random_uuid(),
      now() - interval '1 minute', now() - case when n = 1 then interval '23 hours' else interval '25 hours' end
    from generate_series(1, ${2 * rows}) n`
  expect(await read('idempotency_keys', deleteExpiredKeys)).toBeLessThan(most)
  expect(await own.world.sql`select key from idempotency_keys`).toEqual([{ key: 'key-1' }])
})
