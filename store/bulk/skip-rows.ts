import { batchSize, inBatches } from '../database/batches.ts'
import type { Database } from '../database/database.ts'

/** Marks the remaining rows of a canceled bulk onboarding as skipped and deletes their input. Safe to repeat. */
export async function skipReadyRows(database: Database, bulkId: string): Promise<void> {
  await inBatches(
    () => database`
      update bulk_rows set state = 'skipped', input = null, finished_at = now()
      where bulk_id = ${bulkId} and n = any(array(
        select r.n from bulk_rows r join bulk_onboardings b on b.id = r.bulk_id and b.status = 'canceled'
        where r.bulk_id = ${bulkId} and r.state = 'ready' order by r.n limit ${batchSize} for update of r skip locked
      ))`,
  )
  await database`
    update bulk_rows set input = null where bulk_id = ${bulkId} and state = 'failed' and input is not null`
}
