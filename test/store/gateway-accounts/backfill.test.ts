import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { readMigrations } from '../../../store/schema/migration-files.ts'
import type { TestDatabase } from '../../support/servers/database.ts'
import { migratedBefore } from '../../support/servers/migrated-before.ts'
import { tables, writeAsBefore } from './rows-before.ts'

// How long the migrations of accounts keep others from writing. To measure it with full tables:
// BACKFILL_ROWS=1000000 npx vitest run test/store/gateway-accounts/backfill.test.ts

const rows = Number(process.env.BACKFILL_ROWS ?? 3_000)
const isMeasured = process.env.BACKFILL_ROWS !== undefined
/** Milliseconds for which no write may wait, where it is measured. */
const longestWait = 1_000
const first = '0053_accounts_of_rows.sql'
const last = '0055_accounts_not_null.sql'
const patience = 300_000 + rows * 3

let database: TestDatabase
beforeAll(async () => {
  database = await migratedBefore(first)
  await database.sql`insert into organizations (id, name) values ('org_1', 'Northwind')`
  for (let from = 1; from <= rows; from += 50_000)
    await writeAsBefore(database.sql, from, Math.min(from + 49_999, rows))
  await database.sql`analyze`
  if (isMeasured) console.log(`filled ${rows} rows of each table`)
}, patience)
afterAll(() => database.drop())

/** Writes to every table as the release before does, until it is stopped. Returns the longest duration of a write. */
function startWriter(url: string) {
  const sql = openDatabase(url, { name: 'test, writer', max: 1 })
  const found = { writes: 0, longest: 0 }
  let stopped = false
  const write = async () => {
    for (let i = rows + 1; !stopped; i++) {
      const began = performance.now()
      // An insert into each table, and an update of a row that may be in a batch.
      await writeAsBefore(sql, i, i)
      await sql`update payment_objects set state = 'paid' where onboarding_id = ${`onb_${1 + (i % rows)}`}`
      await sql`update charges set k = k where id = ${`ch_${1 + ((i * 7) % rows)}`}`
      found.longest = Math.max(found.longest, performance.now() - began)
      found.writes++
      await sleep(5)
    }
    await sql.end({ timeout: 5 })
  }
  const running = write()
  return {
    found,
    stop: async () => {
      stopped = true
      await running
    },
  }
}

test(
  'rows are filled while others write, and none is left',
  async () => {
    const writer = startWriter(database.url)
    const began = performance.now()
    await migrate(
      database.sql,
      readMigrations().filter(({ name }) => name <= last),
    )
    const seconds = Math.round((performance.now() - began) / 1000)
    await writer.stop()
    const { writes, longest } = writer.found
    if (isMeasured) console.log(`${rows} rows in ${seconds} s; ${writes} writes, the longest ${Math.round(longest)} ms`)
    const isDue = (table: string) => (table === 'billing_customers' ? 'and payment_method_id is not null' : '')
    for (const table of tables) {
      const left = await database.sql.unsafe(`select 1 from ${table} where account_id is null ${isDue(table)} limit 1`)
      expect(left, table).toHaveLength(0)
    }
    if (isMeasured) expect(longest).toBeLessThan(longestWait)
  },
  patience,
)
