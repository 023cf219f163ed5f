import type { Database } from '../database/database.ts'

/** Rows per statement, so that each stays far below its time limit. */
const chunk = 5_000

/** Marks the remaining rows of a canceled bulk onboarding as skipped and deletes their input. Safe to repeat. */
export async function skipReadyRows(database: Database, bulkId: string): Promise<void> {
  let count: number = chunk
  while (count === chunk)
    ({ count } = await database`
      update bulk_rows set state = 'skipped', input = null, finished_at = now()
      where bulk_id = ${bulkId} and n in (
        select r.n from bulk_rows r join bulk_onboardings b on b.id = r.bulk_id and b.status = 'canceled'
        where r.bulk_id = ${bulkId} and r.state = 'ready' order by r.n limit ${chunk} for update of r skip locked
      )`)
  await database`
    update bulk_rows set input = null where bulk_id = ${bulkId} and state = 'failed' and input is not null`
}
