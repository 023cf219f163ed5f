import type { BulkState, RowCounts } from '../../domain/bulk/bulk.ts'
import type { Database } from '../database/database.ts'
import { readBulk, underBulkLock, type Bulk } from './bulks.ts'
import { readCounts } from './rows.ts'
import { completeBulk } from './transitions.ts'

/** The run reads again after this time, in milliseconds, even if nothing changes. */
export const pausedFor = 3_600_000
/** Longest time until a run that onboards rows next reports progress, in milliseconds. */
const readDeadline = 180_000

/**
 * Reads what the run of a bulk onboarding does next, completes it if no row is left, and records that its run is alive.
 * Returns undefined if it does not exist.
 */
export async function readBulkForRun(database: Database, bulkId: string): Promise<BulkState | undefined> {
  const counts = await readCounts(database, bulkId)
  await underBulkLock(database, bulkId, async (sql, bulk) => {
    if (bulk.status === 'running' && (await readCounts(sql, bulkId)).ready === 0) return completeBulk(sql, bulk)
    const until = bulk.status === 'paused' ? pausedFor + 60_000 : readDeadline
    if (bulk.status === 'running' || bulk.status === 'paused')
      await sql`
        update bulk_onboardings set wake_at = now() + ${until} * interval '1 millisecond', wakes = 0
        where id = ${bulkId}`
  })
  const bulk = await readBulk(database, bulkId)
  return bulk && bulkStateOf(bulk, counts)
}

/** Returns the state that the run and the API show. */
export function bulkStateOf({ status, pausedBecause, rowsPerSecond }: Bulk, counts: RowCounts): BulkState {
  const next = status === 'running' ? 'rows' : status === 'paused' ? 'wait' : 'nothing'
  const left = counts.ready / rowsPerSecond
  const endsAt = status === 'running' ? new Date(Date.now() + left * 1_000).toISOString() : null
  return { status, pausedBecause, rowsPerSecond, counts, endsAt, next: isSkipping(status, counts) ? 'rows' : next }
}

/** Whether a canceled bulk onboarding still has rows to be skipped. */
const isSkipping = (status: Bulk['status'], { ready }: RowCounts) => status === 'canceled' && ready > 0
