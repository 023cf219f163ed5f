import type { BulkReference } from '../../domain/bulk/bulk.ts'
import type { Sql } from '../database/database.ts'
import { postponed } from '../database/postponed.ts'

/**
 * Claims bulk onboardings whose run did not read its record in time, and postpones each by 15 seconds, doubling up to
 * 10 minutes. Concurrent workers share the work through `skip locked`.
 */
export function claimDueBulks(sql: Sql, limit: number): Promise<BulkReference[]> {
  return sql<BulkReference[]>`
    update bulk_onboardings b
    set wakes = b.wakes + 1,
      wake_at = ${postponed(sql, sql`b.wakes`)}
    from (
      select id from bulk_onboardings where wake_at < now() order by wake_at limit ${limit} for update skip locked
    ) due
    where b.id = due.id
    returning b.id as bulk_id, b.organization_id, b.environment`
}

/** Makes the run of a bulk onboarding due within 5 seconds. Returns false if it has ended. */
export async function makeBulkDue(sql: Sql, bulkId: string): Promise<boolean> {
  const rows = await sql`
    update bulk_onboardings set wake_at = now() + interval '5 seconds', wakes = 0
    where id = ${bulkId} and wake_at is not null
    returning id`
  return rows.length === 1
}
