import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../store/database/database.ts'
import { readRecordState } from '../../store/measures/record-state.ts'
import { fillTables } from '../support/fill-tables.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// What a scrape reads of many live onboardings.

const rows = 5_000
let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
  await fillTables(world, rows)
  await world.sql.begin(async (sql) => {
    // The triggers of charges expect a run.
    await sql`set local session_replication_role = replica`
    await sql`
      update onboardings set ended_at = null, result = null, blocked_on = 'customer', wake_at = now() - interval '9 s'`
    // One of 50 is being paid, half of them are paid.
    await sql`delete from charges where substr(id, 4)::int % 100 <> 0`
    await sql`
      update payment_attempts set closed_at = null, state = 'open' where substr(onboarding_id, 5)::int % 50 = 0`
    await sql`update onboardings set blocked_on = null where substr(id, 5)::int % 50 = 0`
    // Nothing is charged, and its customer is asked once more.
    await sql`update onboardings set blocked_on = 'customer', require_initial = false where id = 'onb_50'`
  })
  await world.sql`analyze`
})
afterAll(() => world.close())

test('counts live onboardings by what they wait for, without sorting all of them', async () => {
  const name = new URL(world.databaseUrl).pathname.slice(1)
  // So that sorting them would need a file.
  await world.sql.unsafe(`alter database ${name} set work_mem = '64kB'`)
  const database = openDatabase(world.databaseUrl, { name: 'scraping', max: 9 })
  const { live, overdueFor } = await readRecordState(database, [])
  await database.end()
  const group = { environment: 'sandbox', gateway: 'stripe', reason: null }
  expect(live.sort((a, b) => a.count - b.count)).toEqual([
    { ...group, blockedOn: null, step: 'initial_charge', count: rows / 100 - 1 },
    { ...group, blockedOn: null, step: 'activation', count: rows / 100 },
    { ...group, blockedOn: 'customer', step: 'payment_method', count: rows - rows / 50 + 1 },
  ])
  expect(overdueFor).toBeGreaterThanOrEqual(9)
  const watching = openDatabase(world.databaseUrl, { name: 'watching', max: 1 })
  await until(async () => {
    const [open] = await watching`select 1 from pg_stat_activity where application_name = 'scraping'`
    return open === undefined
  })
  const [{ files }] = (await watching`
    select temp_files::int as files from pg_stat_database where datname = ${name}`) as [{ files: number }]
  expect(files).toBe(0)
  await watching.end()
})
