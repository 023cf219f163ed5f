import { isDeepStrictEqual } from 'node:util'
import type { Tenant } from '../../domain/reference.ts'
import type { Database, Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { keyLifetime } from '../tenants/idempotency-keys.ts'
import { readBulk, type Bulk, type BulkOptions } from './bulks.ts'
import { deleteBulk } from './forget.ts'
import type { CheckedRow } from './row-input.ts'

export interface NewUpload extends Tenant {
  options: BulkOptions
  idempotencyKey: string | undefined
  /** The id of the API key. */
  createdBy: string
  mayEnroll: boolean
}

/**
 * Inserts the bulk onboarding of a new upload. Returns its id, or the earlier upload with the same Idempotency-Key,
 * which is remembered for 24 hours.
 */
export async function beginUpload(sql: Sql, upload: NewUpload): Promise<{ bulkId: string } | { earlier: Bulk }> {
  const { organizationId, environment, options, idempotencyKey: key = null, createdBy, mayEnroll } = upload
  const id = newId('bulkOnboarding')
  if (key !== null)
    await sql`
      update bulk_onboardings set idempotency_key = null
      where organization_id = ${organizationId} and environment = ${environment} and idempotency_key = ${key}
        and created_at <= now() - ${keyLifetime} * interval '1 hour'`
  const made = await sql`
    insert into bulk_onboardings (id, organization_id, environment, status, on_invalid, options, rows_per_second,
      starts_per_second, idempotency_key, created_by, may_enroll)
    values (${id}, ${organizationId}, ${environment}, 'receiving', ${options.onInvalid}, ${sql.json(options as never)},
      ${options.rowsPerSecond}, ${options.startsPerSecond}, ${key}, ${createdBy}, ${mayEnroll})
    on conflict (organization_id, environment, idempotency_key) where idempotency_key is not null do nothing
    returning id`
  if (made.length === 1) return { bulkId: id }
  const [earlier] = await sql<{ id: string }[]>`
    select id from bulk_onboardings
    where organization_id = ${organizationId} and environment = ${environment} and idempotency_key = ${key}`
  const bulk = earlier && (await readBulk(sql, earlier.id))
  // It was deleted since: its upload failed.
  return bulk ? { earlier: bulk } : beginUpload(sql, upload)
}

/** Returns whether two uploads have the same options. */
export const sameOptions = (bulk: Bulk, options: BulkOptions): boolean =>
  isDeepStrictEqual(bulk.options, JSON.parse(JSON.stringify(options)))

/** Inserts rows of an upload, and records that it is still in progress. */
export async function stageRows(sql: Sql, bulkId: string, rows: CheckedRow[]): Promise<void> {
  const staged = rows.map(({ number, line, externalId, input, duplicateOf, errors }) => ({
    n: number,
    line,
    external_id: externalId,
    input,
    state: duplicateOf !== null ? 'duplicate' : input ? 'ready' : 'invalid',
    duplicate_of: duplicateOf,
    errors: errors.length > 0 ? errors : null,
  }))
  await sql`
    with upload as (
      update bulk_onboardings set received_at = now() where id = ${bulkId} and status = 'receiving' returning id
    )
    insert into bulk_rows (bulk_id, n, line, external_id, input, state, duplicate_of, errors)
    select upload.id, r.n, r.line, r.external_id, r.input, r.state, r.duplicate_of, r.errors
    from upload, jsonb_to_recordset(${sql.json(staged as never)}) as r (
      n integer, line integer, external_id text, input jsonb, state text, duplicate_of integer, errors jsonb
    )`
}

/** Completes an upload: its rows are checked. Returns false if it was deleted meanwhile, because it took too long. */
export async function completeUpload(sql: Sql, bulkId: string, contentSha256: Buffer): Promise<boolean> {
  const rows = await sql`
    update bulk_onboardings set status = 'checked', content_sha256 = ${contentSha256}
    where id = ${bulkId} and status = 'receiving'
    returning id`
  return rows.length === 1
}

/** Deletes an interrupted or rejected upload, with its rows. */
export const discardUpload = (database: Database, bulkId: string): Promise<void> => deleteBulk(database, bulkId)
