import type { Sql } from './database.ts'

/**
 * Returns until when a due row is postponed after this many consecutive claims without a read: 15 seconds, doubling
 * up to 10 minutes.
 */
export const postponed = (sql: Sql, wakes: ReturnType<Sql>) =>
  sql`now() + least(15 * power(2, least(${wakes}, 10)), 600) * interval '1 second'`
