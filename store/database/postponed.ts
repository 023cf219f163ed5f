import type { Sql } from './database.ts'

/**
 * Returns until when a due row is postponed after this many consecutive claims without a read: 15 seconds, doubling
 * up to 10 minutes.
 */
export const postponed = (sql: Sql, wakes: ReturnType<Sql>) =>
  sql`now() + least(15 * power(2, least(${wakes}, 10)), 600) * interval '1 second'`

/**
 * Returns when a row was due before it was postponed by consecutive claims; `wakeAt` itself without one. Subtracts what
 * `postponed` added: 945 seconds for the first six claims, then 600 for each.
 */
export const dueBefore = (sql: Sql, wakeAt: ReturnType<Sql>, wakes: ReturnType<Sql>) =>
  sql`${wakeAt} - (15 * (power(2, least(${wakes}, 6)) - 1) + 600 * greatest(${wakes} - 6, 0)) * interval '1 second'`
