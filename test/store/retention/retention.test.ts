import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchSize } from '../../../store/database/batches.ts'
import { underLock } from '../../../store/database/lock.ts'
import { encodeCursor } from '../../../store/database/pages.ts'
import { insertEvent } from '../../../store/events/events.ts'
import { listEvents } from '../../../store/events/list-events.ts'
import { deleteOldAttempts } from '../../../store/retention/old-attempts.ts'
import { deleteOldEvents } from '../../../store/retention/old-events.ts'
import { deleteOldGatewayEvents } from '../../../store/retention/old-gateway-events.ts'
import { deleteOldTries } from '../../../store/retention/old-tries.ts'
import {
  attemptColumns,
  countDeletions,
  eventColumns,
  gatewayEventColumns,
  idSql,
  insertOldCustomers,
  insertRows,
} from './retention-rows.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'

// Retention deletes what is older than its days and nothing that is needed. The numbers of the billing customers say
// what is under way; each has rows of half a year ago. Boundaries are an hour wide: `now()` of the deletion is later.

let database: TestDatabase
const limited = 'org_limited'
const others = 'org_others'
const many = 100_000
/** Where the ids of the many events begin, which are newer than the others. */
const busyIds = 10_000_000
const [quiet, live, unknown, refunding, disputed, pending, ofOthers, late] = [1, 2, 3, 4, 5, 6, 7, 8]
const idOf = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, '0')}`
const days = (count: number) => `now() - interval '${count} days'`

beforeAll(async () => {
  database = await freshDatabase()
  const { sql } = database
  await sql`insert into organizations (id, name) values (${limited}, 'Limited'), (${others}, 'Others')`
  for (const name of ['event_retention_days', 'payment_attempt_retention_days'])
    await sql`
      insert into settings (organization_id, environment, name, value) values (${limited}, 'sandbox', ${name}, '90'),
        (${limited}, 'live', ${name}, 'null')`
  const add = (number: number, more: object = {}, organization = limited) =>
    insertOldCustomers(sql, { organization, numbers: [number, number], ...more })
  await add(quiet)
  await add(live, { onboarding: { ended_at: 'null', result: 'null', wake_at: 'now()' } })
  await add(unknown, { charge: { state: `'unknown'` } })
  await add(refunding, { charge: { wake_at: 'now()' } })
  await add(disputed, { charge: { disputed_at: 'now()' } })
  await add(late, { charge: { late: 'true' } })
  await add(pending)
  await add(ofOthers, {}, others)
})
afterAll(() => database.drop())

/** The sequences of the events that remain of a billing customer. */
const sequences = async (number: number) =>
  (
    await database.sql<{ sequence: number }[]>`
      select sequence from events where billing_customer_id = ${idOf('bc', number)} order by sequence`
  ).map(({ sequence }) => sequence)

test('100,000 old events are deleted in batches; those that something needs remain, and the newest', async () => {
  const { sql } = database
  const [busy, young] = [100, 10]
  await insertOldCustomers(sql, { organization: limited, numbers: [busy, busy] })
  await insertRows(sql, 'events', [1, many], {
    ...eventColumns(limited, busy, busyIds),
    created_at: `now() - interval '90 days' + case when i <= ${many - young} then -1 else 1 end * interval '1 hour'`,
  })
  const small = [quiet, live, unknown, refunding, disputed, pending, ofOthers, late]
  for (const number of small)
    await insertRows(sql, 'events', [1, 3], {
      ...eventColumns(number === ofOthers ? others : limited, number, 1_000 * number),
      created_at: days(91),
    })
  await insertRows(sql, 'events', [1, 5], { ...eventColumns(limited, undefined, 0), created_at: days(91) })
  await insertRows(sql, 'events', [1, 2], { ...eventColumns(limited, undefined, 2 * busyIds), created_at: days(89) })
  await sql`
    insert into webhook_endpoints (id, organization_id, environment, url)
    values ('we_1', ${limited}, 'sandbox', 'https://receiver.example')`
  const deliver = (state: string, sequence: number) => sql`
    insert into webhook_deliveries (endpoint_id, event_id, happened_at, state)
    select 'we_1', id, created_at, ${state} from events
    where billing_customer_id = ${idOf('bc', pending)} and sequence = ${sequence}`
  await deliver('pending', 2)
  await deliver('delivered', 1)
  const deletions = await countDeletions(sql, 'events')

  await deleteOldEvents(sql)

  const counts = await deletions()
  expect(Math.max(...counts)).toBeLessThanOrEqual(batchSize)
  expect(counts.length).toBeGreaterThanOrEqual(many / batchSize)
  expect(await sequences(busy)).toEqual(Array.from({ length: young }, (_, i) => many - young + 1 + i))
  expect(await sequences(quiet)).toEqual([3])
  for (const number of [live, unknown, refunding, disputed, ofOthers, late])
    expect(await sequences(number)).toEqual([1, 2, 3])
  expect(await sequences(pending)).toEqual([2, 3])
  expect((await sql`select state from webhook_deliveries`).map(({ state }) => state)).toEqual(['pending'])
  const ofTenant = await sql<{ id: string }[]>`select id from events where billing_customer_id is null order by id`
  expect(ofTenant.map(({ id }) => id)).toEqual([idOf('evt', 2 * busyIds + 1), idOf('evt', 2 * busyIds + 2)])

  const billingCustomerId = idOf('bc', quiet)
  await underLock(sql, billingCustomerId, (tx) =>
    insertEvent(tx, { billingCustomerId }, { type: 'onboarding.retried' }),
  )
  expect(await sequences(quiet)).toEqual([3, 4])
  await deleteOldEvents(sql)
  expect(await sequences(quiet)).toEqual([4])
})

test('a list that continues after a deleted event says so', async () => {
  const tenant = { organizationId: limited, environment: 'sandbox' } as const
  const cursor = encodeCursor(idOf('evt', busyIds + 17))
  for (const afterSequence of [0, undefined])
    await expect(
      listEvents(database.sql, tenant, { billingCustomerId: idOf('bc', 100), afterSequence }, { limit: 10, cursor }),
    ).rejects.toMatchObject({ code: 'invalid_request', param: 'cursor', message: expect.stringMatching('deleted') })
})

const attemptsOf = async (number: number) =>
  (
    await database.sql<{ number: number }[]>`
      select number from payment_attempts where onboarding_id = ${idOf('onb', number)} order by number`
  ).map(({ number }) => number)

test('100,000 old attempts are deleted in batches; paid ones remain, and those that something needs', async () => {
  const { sql } = database
  const [first, perCustomer] = [1_000, 50]
  const last = first + many / perCustomer - 1
  await insertOldCustomers(sql, { organization: limited, numbers: [first, last] })
  for (let number = 1; number <= perCustomer; number++)
    await insertRows(sql, 'payment_attempts', [first, last], attemptColumns(String(number)))
  const small = [live, unknown, refunding, disputed, ofOthers, late]
  for (const number of small) await insertRows(sql, 'payment_attempts', [number, number], attemptColumns())
  const kinds: Record<string, string>[] = [
    {},
    { state: `'paid'` },
    { method_id: `'pm_1'` },
    { method_id: `'pm_1'`, method_gone_at: 'now()' },
    { address_hash: `'hash'` },
    { closed_at: `${days(90)} - interval '1 hour'` },
    { closed_at: `${days(90)} + interval '1 hour'` },
  ]
  for (const [i, kind] of kinds.entries())
    await insertRows(sql, 'payment_attempts', [quiet, quiet], { ...attemptColumns(String(i + 1)), ...kind })
  const deletions = await countDeletions(sql, 'payment_attempts')

  await deleteOldAttempts(sql, 3600)

  const counts = await deletions()
  expect(Math.max(...counts)).toBeLessThanOrEqual(batchSize)
  expect(counts.length).toBeGreaterThanOrEqual(many / batchSize)
  const [left] = await sql<{ count: number }[]>`
    select count(*)::integer from payment_attempts where onboarding_id >= ${idOf('onb', first)}`
  expect(left).toEqual({ count: 0 })
  for (const number of small) expect(await attemptsOf(number)).toEqual([1])
  expect(await attemptsOf(quiet)).toEqual([2, 3, 5, 7])
})

test('attempts remain while a limit on declines counts them', async () => {
  const { sql } = database
  await insertRows(sql, 'payment_attempts', [quiet, quiet], attemptColumns('8'))
  // The default of the installation, while the organization sets no other window.
  await deleteOldAttempts(sql, 181 * 86_400)
  expect(await attemptsOf(quiet)).toEqual([2, 3, 5, 7, 8])
  await sql`
    insert into settings (organization_id, environment, name, value)
    values (${limited}, 'sandbox', 'decline_window_seconds', ${sql.json(181 * 86_400)})`
  await deleteOldAttempts(sql, 3600)
  expect(await attemptsOf(quiet)).toEqual([2, 3, 5, 7, 8])
  await sql`update settings set value = ${sql.json(179 * 86_400)} where name = 'decline_window_seconds'`
  await deleteOldAttempts(sql, 3600)
  expect(await attemptsOf(quiet)).toEqual([2, 3, 5, 7])
})

test('100,000 old gateway events are deleted in batches; recent ones and those without an object remain', async () => {
  const { sql } = database
  await insertRows(sql, 'gateway_events', [1, many], gatewayEventColumns('90 days 1 hour', 'old'))
  await insertRows(sql, 'gateway_events', [1, 3], gatewayEventColumns('89 days 23 hours', 'recent'))
  await insertRows(sql, 'gateway_events', [1, 2], { ...gatewayEventColumns('400 days', 'dead'), state: `'dead'` })
  const deletions = await countDeletions(sql, 'gateway_events')
  await deleteOldGatewayEvents(sql, 90)
  expect(await deletions()).toEqual(Array.from({ length: many / batchSize }, () => batchSize))
  const left = await sql<{ id: string }[]>`select id from gateway_events order by id`
  expect(left.map(({ id }) => id)).toEqual(['dead_1', 'dead_2', 'recent_1', 'recent_2', 'recent_3'])
})

test('old requests to webhook endpoints are deleted in batches, but not those of a pending delivery', async () => {
  const { sql } = database
  await sql`
    insert into webhook_endpoints (id, organization_id, environment, url)
    values ('we_tries', ${limited}, 'sandbox', 'https://receiver.example'),
      ('we_others', ${others}, 'sandbox', 'https://receiver.example')`
  await sql`
    insert into settings (organization_id, environment, name, value)
    values (${limited}, 'sandbox', 'webhook_try_retention_days', '7')`
  // Each event has three requests, so that one has some on both sides of a batch.
  const columns = (endpoint: string) => ({
    ...{ endpoint_id: `'${endpoint}'`, event_id: idSql('evt', 'i / 3'), number: 'i % 3 + 1', took: '1' },
    tried_at: `now() - interval '7 days' + case when i < 12000 then -1 else 1 end * interval '1 hour'`,
  })
  await insertRows(sql, 'webhook_tries', [0, 12_002], columns('we_tries'))
  await insertRows(sql, 'webhook_tries', [0, 5], columns('we_others'))
  await insertRows(sql, 'webhook_deliveries', [5, 5], {
    ...{ endpoint_id: `'we_tries'`, event_id: idSql('evt'), happened_at: 'now()', state: `'pending'` },
  })
  const deletions = await countDeletions(sql, 'webhook_tries')
  await deleteOldTries(sql)
  expect(await deletions()).toEqual([batchSize - 3, batchSize, 2_000])
  const left = await sql<{ eventId: string; count: number }[]>`
    select event_id, count(*)::integer from webhook_tries where endpoint_id = 'we_tries' group by 1 order by 1`
  expect(left.map(({ eventId, count }) => [eventId, count])).toEqual([
    [idOf('evt', 5), 3],
    [idOf('evt', 4_000), 3],
  ])
  expect(await sql`select from webhook_tries where endpoint_id = 'we_others'`).toHaveLength(6)
})
