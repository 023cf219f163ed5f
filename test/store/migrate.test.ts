import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../store/database.ts'
import { migrate } from '../../store/migrate.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await database.sql.unsafe('drop schema public cascade; create schema public')
})
afterAll(() => database.drop())

test('five starts at once apply every migration once', async () => {
  const pools = Array.from({ length: 5 }, () => openDatabase(database.url, { name: 'migrate', max: 1 }))
  const applied = await Promise.all(pools.map((pool) => migrate(pool)))
  await Promise.all(pools.map((pool) => pool.end()))
  const rows = await database.sql<{ name: string }[]>`select name from migrations order by name`
  expect(applied.flat().sort()).toEqual(rows.map(({ name }) => name))
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
})

test('a second run applies nothing, and a file that was changed afterwards is refused', async () => {
  expect(await migrate(database.sql)).toEqual([])
  await database.sql`update migrations set hash = 'another' where name = '0002_customers.sql'`
  await expect(migrate(database.sql)).rejects.toThrow('migration 0002_customers.sql was changed after it was applied')
})

test('lists of reminders that are longer than may be set now are shortened, and nothing else changes', async () => {
  const { sql } = database
  const long = Array.from({ length: 1000 }, (_, i) => i + 1)
  const set = { org_long: long, org_short: long.slice(0, 20), org_none: [] }
  for (const [id, value] of Object.entries(set)) {
    await sql`insert into organizations (id, name, currency) values (${id}, 'Northwind', 'USD')`
    await sql`
      insert into settings (organization_id, environment, name, value) values
        (${id}, 'live', 'reminders_seconds', ${sql.json(value)}), (${id}, 'live', 'link_life_seconds', '60')`
  }
  await sql.unsafe(readFileSync(new URL('../../store/migrations/0027_reminders.sql', import.meta.url), 'utf8'))
  const rows = await sql<{ organizationId: string; value: unknown }[]>`
    select organization_id, value from settings where name = 'reminders_seconds' order by organization_id`
  expect(Object.fromEntries(rows.map(({ organizationId, value }) => [organizationId, value]))).toEqual({
    ...set,
    org_long: long.slice(0, 20),
  })
  expect(await sql`select 1 from settings where name = 'link_life_seconds' and value = '60'`).toHaveLength(3)
})
