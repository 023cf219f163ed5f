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
