import type { Sql } from '../database/database.ts'

/** Records that a round of the reconciliation has compared everything. */
export async function recordReconciled(sql: Sql): Promise<void> {
  await sql`update reconciliation set finished_at = now()`
}

/**
 * Returns since when an account is listed that was never listed before: for at least three hours, and from an hour
 * before the end of the last round that compared everything; at most seven days.
 */
export async function reconciledSince(sql: Sql): Promise<Date> {
  const [{ since }] = await sql<[{ since: Date }]>`
    select least(now() - interval '3 hours',
      greatest(finished_at - interval '1 hour', now() - interval '7 days')) as since
    from reconciliation`
  return since
}
