import { batchSize, inBatches } from '../database/batches.ts'
import { builtInSettings, leastBulkRetention, settingRules } from '../../domain/tenant/settings.ts'
import type { Database, Sql } from '../database/database.ts'
import { keyLifetime } from '../tenants/idempotency-keys.ts'
import { skipReadyRows } from './skip-rows.ts'

/** Retention of bulk onboardings, which `docs/bulk.md` and the API document. */
export const retention = {
  /** Minutes after the last part of an upload that was not completed. */
  receiving: 10,
  /** Days after an upload that was never started. */
  checked: 7,
  /** Days after its end for which failed rows keep their input, so that they can be retried. */
  failedInput: leastBulkRetention,
}

/** Deletes a bulk onboarding with its rows. */
export async function deleteBulk(database: Database, bulkId: string): Promise<void> {
  await inBatches(
    () => database`
      delete from bulk_rows where bulk_id = ${bulkId} and n = any(array(
        select n from bulk_rows where bulk_id = ${bulkId} order by n limit ${batchSize}))`,
  )
  await database`delete from bulk_onboardings where id = ${bulkId}`
}

/** Days after its end for which a bulk onboarding `b` is kept: until then results can be downloaded. */
const daysKept = (sql: Sql) => sql`coalesce((
  select (value #>> '{}')::integer from settings s
  where s.organization_id = b.organization_id and s.environment = b.environment
    and s.name = ${settingRules.bulkRetention.name}
), ${builtInSettings.bulkRetention}::integer)`

/** Deletes bulk onboardings after their retention, and personal data that is no longer needed. */
export async function forgetBulks(database: Database): Promise<void> {
  const days = (count: number) => database`now() - ${count} * interval '1 day'`
  const old = await database<{ id: string }[]>`
    select id from bulk_onboardings b
    where (status = 'receiving' and received_at < now() - ${retention.receiving} * interval '1 minute')
      or (status = 'checked' and created_at < ${days(retention.checked)})
      or ended_at < now() - interval '1 day' * ${daysKept(database)}
    limit 10`
  for (const { id } of old) await deleteBulk(database, id)
  await database`
    update bulk_onboardings set idempotency_key = null
    where idempotency_key is not null and created_at <= now() - ${keyLifetime} * interval '1 hour'
      and status <> 'receiving'`
  // A process that died in the middle of a cancellation left rows that are ready.
  const unfinished = await database<{ id: string }[]>`
    select id from bulk_onboardings b where status = 'canceled'
      and exists (select 1 from bulk_rows where bulk_id = b.id and state = 'ready') limit 10`
  for (const { id } of unfinished) await skipReadyRows(database, id)
  await inBatches(
    () => database`
      update bulk_rows set input = null where ctid = any(array(
        select r.ctid from bulk_rows r join bulk_onboardings b on b.id = r.bulk_id
        where b.ended_at < ${days(retention.failedInput)} and r.state = 'failed' and r.input is not null
        limit ${batchSize} for update of r skip locked))`,
  )
}
