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
