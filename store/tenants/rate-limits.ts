import type { Sql } from '../database/database.ts'

/** Deletes counts of calls (`RATE_LIMIT_STORE=postgres`) whose minute is over. The API's clock sets `expire`. */
export async function forgetCounts(sql: Sql): Promise<void> {
  await sql`delete from rate_limits where expire < extract(epoch from now() - interval '1 minute') * 1000`
}
