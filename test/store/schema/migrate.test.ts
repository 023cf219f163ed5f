import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import {
  requireReachableServer,
  requireDatabase,
  requireUsableDatabase,
} from '../../../store/schema/usable-database.ts'
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/servers/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await database.sql.unsafe('drop schema public cascade; create schema public')
})
afterAll(() => database.drop())

test('five concurrent starts apply every migration once', async () => {
  const pools = Array.from({ length: 5 }, () => openDatabase(database.url, { name: 'migrate', max: 1 }))
  const applied = await Promise.all(pools.map((pool) => migrate(pool)))
  await Promise.all(pools.map((pool) => pool.end()))
  const rows = await database.sql<{ name: string }[]>`select name from migrations order by name`
  expect(applied.flat().sort()).toEqual(rows.map(({ name }) => name))
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
})

test('tables of which each onboarding changes rows are vacuumed after 2 % of them', async () => {
  const rows = await database.sql<{ name: string }[]>`
    select relname as name from pg_class
    where 'autovacuum_vacuum_scale_factor=0.02' = any(reloptions) order by relname collate "C"`
  expect(rows.map(({ name }) => name)).toEqual([
    'billing_customers',
    'bulk_rows',
    'charges',
    'idempotency_keys',
    'onboardings',
    'payment_attempts',
    'payment_objects',
    'rate_limits',
    'webhook_deliveries',
  ])
})

test('a missing, older or newer schema stops a program and its migrations with one sentence', async () => {
  const empty = await emptyDatabase('')
  await expect(requireUsableDatabase(empty.url)).rejects.toThrow('the schema is missing: run "npm run migrate"')
  await empty.drop()
  expect(await requireUsableDatabase(database.url)).toBe(true)

  await database.sql`insert into migrations (name, hash) values ('9999_of_another_release.sql', '')`
  const newer = 'the schema is newer than this program: it has 9999_of_another_release.sql'
  await expect(requireUsableDatabase(database.url)).rejects.toThrow(newer)
  await expect(requireDatabase(database.url)).rejects.toThrow(newer)
  expect(await requireUsableDatabase(database.url, { allowNewerSchema: true })).toBe(true)
  await expect(migrate(database.sql)).rejects.toThrow(newer)

  await database.sql`update migrations set name = '0001_x.sql' where name = '0001_tenants.sql'`
  await expect(requireUsableDatabase(database.url)).rejects.toThrow('the schema lacks 0001_tenants.sql: run "npm run')
  await database.sql`update migrations set name = '0001_tenants.sql' where name = '0001_x.sql'`
  await database.sql`delete from migrations where name like '9999%'`
})

test('a database with tables of another program is left as it is', async () => {
  for (const table of ['events (id int)', 'migrations (id int, name text)']) {
    const other = await emptyDatabase('')
    const pool = openDatabase(other.url, { name: 'migrate', max: 1 })
    await pool.unsafe(`create table ${table}; create table orders (id int)`)
    const first = table.split(' ')[0]!
    await expect(migrate(pool)).rejects.toThrow(
      `the database has tables of another program (${first} and 1 more): ` +
        'set DATABASE_URL to a database for this service alone',
    )
    const tables =
      await pool`select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`
    expect(tables).toHaveLength(2)
    await pool.end()
    await other.drop()
  }
})

test('a database that does not respond ends commands with one sentence, but not the servers', async () => {
  const nowhere = 'postgres://somebody:secret@127.0.0.1:1/nowhere'
  expect(await requireUsableDatabase(nowhere)).toBe(false)
  const message = 'PostgreSQL does not respond at postgres://somebody:…@127.0.0.1:1/nowhere'
  await expect(requireDatabase(nowhere)).rejects.toThrow(message)
  await expect(requireReachableServer(nowhere)).rejects.toThrow(message)
})

test('a second run applies nothing, and a changed file is rejected', async () => {
  expect(await migrate(database.sql)).toEqual([])
  await database.sql`update migrations set hash = 'another' where name = '0002_customers.sql'`
  await expect(migrate(database.sql)).rejects.toThrow('migration 0002_customers.sql was changed after it was applied')
})

test('lists of reminders over the new limit are shortened, and nothing else changes', async () => {
  const { sql } = database
  const long = Array.from({ length: 1000 }, (_, i) => i + 1)
  const set = { org_long: long, org_short: long.slice(0, 20), org_none: [] }
  for (const [id, value] of Object.entries(set)) {
    await sql`insert into organizations (id, name, currency) values (${id}, 'Northwind', 'USD')`
    await sql`
      insert into settings (organization_id, environment, name, value) values
        (${id}, 'live', 'reminders_seconds', ${sql.json(value)}), (${id}, 'live', 'link_life_seconds', '60')`
  }
  await sql.unsafe(readFileSync(new URL('../../../store/migrations/0027_reminders.sql', import.meta.url), 'utf8'))
  const rows = await sql<{ organizationId: string; value: unknown }[]>`
    select organization_id, value from settings where name = 'reminders_seconds' order by organization_id`
  expect(Object.fromEntries(rows.map(({ organizationId, value }) => [organizationId, value]))).toEqual({
    ...set,
    org_long: long.slice(0, 20),
  })
  expect(await sql`select 1 from settings where name = 'link_life_seconds' and value = '60'`).toHaveLength(3)
})
