import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Database, Sql, Transaction } from '../../store/database/database.ts'
import { readBatch, readProbe, writeResults } from '../../store/webhooks/deliveries/deliveries.ts'
import { claimEndpoints } from '../../store/webhooks/leases.ts'
import { listTroubledEndpoints } from '../../store/webhooks/operators.ts'
import { acknowledge, leaseDeliveries } from '../../store/webhooks/deliveries/pull.ts'
import { addPending, clearPending, deliveriesRead } from '../support/webhooks/backlog.ts'
import { webhookWorld } from '../support/webhooks/deliveries.ts'

// A backlog grows faster than statistics: PostgreSQL plans as if nothing were pending. What a statement reads must not
// depend on the backlog all the same.

const own = webhookWorld()
const url = 'http://127.0.0.1:9/hooks'
const types = ['webhook_endpoint.test']
const batch = 100
const most = 5 * batch

// Its events are not as documented, which closing the world would say.
afterAll(() => clearPending(own))

beforeEach(async () => {
  await clearPending(own)
  await own.world.sql`update webhook_endpoints set deleted_at = now()`
  await own.world.sql`alter table webhook_deliveries set (autovacuum_enabled = false)`
  const { id } = await own.hooks.endpoint(url, { types })
  await addPending(own, id, { customers: 20, eventsOfEach: 100 })
  await own.world.sql`update webhook_deliveries set state = 'delivered', done_at = now()`
  await own.world.sql`vacuum analyze webhook_deliveries`
})

const backlogAt = async (id: string) => {
  await addPending(own, id, { customers: 400, eventsOfEach: 12 })
  return id
}
const read = (work: (sql: Transaction) => Promise<unknown>) => deliveriesRead(own, work)
/** For functions that open their own transaction. */
const within = (sql: Transaction) => ({ begin: (work: (sql: Sql) => unknown) => work(sql) }) as unknown as Database

test('a batch, a probe and their results', async () => {
  const endpoint = await own.hooks.endpoint(url, { types })
  const id = await backlogAt(endpoint.id)
  const due = await readBatch(own.world.sql, id, batch)
  expect(due).toHaveLength(batch)
  const result = { status: 200, error: null, response: null, retryAfter: null, took: 1 }
  const results = due.map(({ eventId }) => ({ eventId, do: 'delivered' as const, result }))
  expect(await read((sql) => readBatch(sql, id, batch))).toBeLessThan(most)
  expect(await read((sql) => readProbe(sql, id))).toBeLessThan(most)
  expect(await read((sql) => writeResults(sql, id, results))).toBeLessThan(most)
  expect(await own.hooks.states(id)).toEqual([
    { state: 'delivered', count: batch },
    { state: 'pending', count: 4_700 },
  ])
})

test('the claim of endpoints, and the list of those in trouble', async () => {
  const endpoint = await own.hooks.endpoint(url, { types })
  const id = await backlogAt(endpoint.id)
  expect(await read((sql) => listTroubledEndpoints(sql))).toBeLessThan(most)
  await own.world.sql`update webhook_deliveries set due_at = now() + interval '1 hour'`
  expect(await read((sql) => claimEndpoints(sql, 10))).toBeLessThan(most)
  await own.world.sql`update webhook_deliveries set due_at = now() where event_id = 'evt_99_9'`
  expect((await claimEndpoints(own.world.sql, 10)).map(({ endpointId }) => endpointId)).toEqual([id])
})

test('a pull, and its acknowledgement', async () => {
  const endpoint = await own.hooks.endpoint(url, { kind: 'pull', url: null, idleTimeout: 3_600, types })
  const id = await backlogAt(endpoint.id)
  const pulled: string[] = []
  const pull = async (sql: Transaction) => {
    const { events } = await leaseDeliveries(within(sql), id, { limit: batch, leaseSeconds: 60 })
    pulled.push(...events.map(({ eventId }) => eventId))
  }
  expect(await read(pull)).toBeLessThan(2 * most)
  expect(await read(pull)).toBeLessThan(2 * most)
  expect(pulled).toHaveLength(2 * batch)
  expect(await read((sql) => acknowledge(within(sql), id, pulled))).toBeLessThan(2 * most)
})
