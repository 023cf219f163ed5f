import type { Sql } from '../database/database.ts'
import type { ErasureSubject } from './subject.ts'
import { perhapsUploadedAbout } from './uploaded-about.ts'

/**
 * Selects rows of files that name the customer, uploaded before it was deleted, that did not become a record; also
 * those of which nobody knows which customer they are about.
 */
const uploadedBefore = (sql: Sql, subject: ErasureSubject) => sql`
  select t.bulk_id, t.n from bulk_rows t join bulk_onboardings b on b.id = t.bulk_id
  where ${perhapsUploadedAbout(sql, subject)}`

/**
 * Skips rows that wait to be onboarded and name a customer that is being deleted: they would create it anew, with
 * another initial charge. A row that is being onboarded now is not waited for.
 */
export async function skipRowsOf(sql: Sql, subject: ErasureSubject): Promise<void> {
  const errors = [
    { code: 'customer_deleted', param: 'external_id', message: 'was deleted after the upload of this row' },
  ]
  await sql`
    update bulk_rows set state = 'skipped', input = null, errors = ${sql.json(errors)}, finished_at = clock_timestamp()
    where (bulk_id, n) in (${uploadedBefore(sql, subject)} and t.state = 'ready' for update of t skip locked)`
}

/** Erases external ids, input and the texts of errors in the rows of a deleted customer. */
export async function eraseBulkRows(sql: Sql, subject: ErasureSubject): Promise<void> {
  await skipRowsOf(sql, subject)
  await sql`
    update bulk_rows set external_id = null, input = null, errors = ${codesOnly(sql)}
    where state <> 'ready' and (
      (bulk_id, n) in (${uploadedBefore(sql, subject)})
      or billing_customer_id = any(${subject.billingCustomerIds})
    )`
}

const codesOnly = (sql: Sql) => sql`
  case when jsonb_typeof(errors) = 'array' then (
    select coalesce(jsonb_agg(jsonb_build_object('code', e -> 'code', 'message', '')), '[]')
    from jsonb_array_elements(errors) e
  ) end`
