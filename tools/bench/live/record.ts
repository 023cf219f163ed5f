import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../../store/database/database.ts'

/** Waits until `count` returns at least `least`. Throws after `seconds` without growth. */
export async function untilCount(count: () => Promise<number>, least: number, seconds = 120): Promise<void> {
  let [most, grew] = [-1, performance.now()]
  for (;;) {
    const now = await count()
    if (now >= least) return
    if (now > most) [most, grew] = [now, performance.now()]
    if (performance.now() - grew > seconds * 1_000) throw new Error(`${now} of ${least} after ${seconds} s`)
    await sleep(1_000)
  }
}

const countOf = async (rows: PromiseLike<{ count: number }[]>) => (await rows)[0]!.count

/** Onboardings whose run has read the record and waits for the customer. */
export const countWaiting = (database: Database) =>
  countOf(database<{ count: number }[]>`
    select count(*)::integer from onboardings
    where ended_at is null and started_at is not null and wakes = 0 and blocked_on = 'customer'`)

export const countCompleted = (database: Database, ids: string[]) =>
  countOf(database<{ count: number }[]>`
    select count(*)::integer from onboardings where billing_customer_id = any(${ids}) and result = 'completed'`)

/** Returns the id of the next transaction. */
export async function nextTransaction(database: Database): Promise<number> {
  const [row] = await database<[{ id: number }]>`select pg_current_xact_id()::text::float8 as id`
  return row.id
}

/** Live onboardings whose row has been written since a transaction: each run that is woken writes it. */
export const countWrittenSince = (database: Database, transaction: number) =>
  countOf(database<{ count: number }[]>`
    select count(*)::integer from onboardings where ended_at is null and xmin::text::bigint >= ${transaction}`)

/**
 * Returns the rows of each of our tables that were read without an index, since the server's statistics began. Without
 * small tables, which PostgreSQL reads as a whole, rightly.
 */
export async function readScans(database: Database): Promise<Record<string, number>> {
  // A session reports its last statements up to 10 seconds after it became idle.
  await sleep(11_000)
  const tables = await database<{ name: string; rows: number }[]>`
    select relname as name, seq_tup_read::float8 as rows from pg_stat_user_tables where n_live_tup > 1000`
  return Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))
}

/** Returns the tables of which at least `least` rows were read without an index between two readings, with the rows. */
export const scansBetween = (before: Record<string, number>, after: Record<string, number>, least: number) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, rows]) => [name, rows - (before[name] ?? rows)] as const)
      .filter(([, rows]) => rows >= least),
  )
