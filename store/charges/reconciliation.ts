import type { Sql } from '../database/database.ts'

/** Records that a round of the reconciliation has compared everything. */
export async function recordReconciled(sql: Sql): Promise<void> {
  await sql`update reconciliation set finished_at = now()`
}

/**
 * Returns since when payments at the gateways are listed: for at least `hours`, and from an hour before the end of the
 * last round that compared everything, so that none is missed after rounds that did not. At most seven days.
 */
export async function listedSince(sql: Sql, hours: number): Promise<Date> {
  const [{ since }] = await sql<[{ since: Date }]>`
    select least(now() - ${hours} * interval '1 hour',
      greatest(finished_at - interval '1 hour', now() - interval '7 days')) as since
    from reconciliation`
  return since
}
