import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { until } from '../../support/until.ts'

let database: TestDatabase
let sql: Database
beforeAll(async () => {
  database = await freshDatabase()
  // A short pipeline is full at once: that is where the driver used to mix up transactions.
  sql = openDatabase(database.url, { name: 'transactions', max: 6, maxPipeline: 2 })
  await sql`create table noted (n integer, what text, backend integer default pg_backend_pid())`
})
afterAll(async () => {
  await sql.end({ timeout: 5 })
  await database.drop()
})

const note = (n: number) => sql`insert into noted (n, what) values (${n}, 'alone')`

/** The statements of an API request: some statements, a transaction, more statements. */
async function likeARequest(n: number): Promise<void> {
  for (let i = 0; i < 4; i++) await note(n)
  const inside = sql.begin(async (transaction) => {
    const add = (what: string) => transaction`insert into noted (n, what) values (${n}, ${what}) returning backend`
    const [first] = await add('first')
    const [second] = await add('second')
    expect(second).toEqual(first)
    if (n % 2 === 0) throw new Error('rolled back')
  })
  if (n % 2 === 0) await expect(inside).rejects.toThrow('rolled back')
  else await inside
  for (let i = 0; i < 4; i++) await note(n)
}

test('of many concurrent transactions and statements, none runs inside another', async () => {
  for (let round = 0; round < 6; round++) {
    const busy = Array.from({ length: 6 }, () => sql`select pg_sleep(0.1)`)
    const statements = Array.from({ length: 500 + round * 50 }, (_, n) => note(n))
    const requests = Array.from({ length: 200 }, (_, n) => likeARequest(n))
    await Promise.all([...busy, ...statements, ...requests])
  }
  const alone = 6 * 500 + 15 * 50 + 6 * 200 * 8
  const rows = await sql`select what, count(*) as n from noted group by what order by what`
  expect(rows.map(({ what, n }) => [what, n])).toEqual([
    ['alone', alone],
    ['first', 600],
    ['second', 600],
  ])
  // Each statement outside of a transaction was its own transaction.
  const [distinct] = await sql`select count(distinct xmin::text) as n from noted where what = 'alone'`
  expect(distinct).toEqual({ n: alone })
  const idle = await sql`
    select 1 from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`
  expect(idle).toHaveLength(0)
})

test('transactions work again after the server ended its sessions', async () => {
  const one = () => sql.begin((transaction) => transaction`select 1 as one`)
  await one()
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
      and pid <> pg_backend_pid()`
  await Promise.allSettled(Array.from({ length: 8 }, one))
  for (let i = 0; i < 8; i++) expect(await one()).toEqual([{ one: 1 }])
})

test('an abandoned transaction releases its lock and has no effect', async () => {
  const pausing = openDatabase(database.url, { name: 'pausing', max: 2, transactionTimeout: 1_500 })
  await sql`insert into noted (n, what) values (-1, 'locked')`
  let locked = false
  const whatIsThere = async () => (await sql<{ what: string }[]>`select what from noted where n = -1`)[0]!.what
  let wentOn: Promise<unknown> | undefined
  const left = pausing.begin(async (transaction) => {
    await transaction`update noted set what = 'lost' where n = -1`
    locked = true
    // Like a process that is frozen here and resumes later.
    await until(async () => (await whatIsThere()) === 'by another')
    wentOn = (async () => transaction`update noted set what = 'too late' where n = -1`)()
    await wentOn
  })
  const refused = expect(left).rejects.toThrow()
  await until(() => locked)
  await sql`update noted set what = 'by another' where n = -1`
  await refused
  const next = pausing.begin((transaction) => transaction`insert into noted (n, what) values (-2, 'next')`)
  await until(() => wentOn !== undefined)
  await expect(wentOn).rejects.toThrow()
  await next
  expect(await whatIsThere()).toBe('by another')
  await pausing.end({ timeout: 5 })
})
