import type { BulkReference, BulkStatus, PauseReason } from '../../domain/bulk/bulk.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { afterCursor, only, readPage, type Page, type PageRequest } from '../database/pages.ts'

/** The options of an upload. A repeat with the same Idempotency-Key must have the same ones. */
export interface BulkOptions {
  dryRun: boolean
  onInvalid: 'stop' | 'skip'
  /** Whether the profile of an existing customer is kept, or updated with the fields of its row. */
  onExistingCustomer: 'keep' | 'update'
  rowsPerSecond: number
  startsPerSecond: number
  brandId?: string | undefined
  gateway?: string | undefined
  billableItemId?: string | undefined
}

export interface Bulk extends BulkReference {
  status: BulkStatus
  pausedBecause: PauseReason | null
  onInvalid: 'stop' | 'skip'
  options: BulkOptions
  rowsPerSecond: number
  startsPerSecond: number
  /** SHA-256 of the file; null during the upload. */
  contentSha256: Buffer | null
  createdBy: string
  mayEnroll: boolean
  startsFrom: Date | null
  startsFromRow: number | null
  failuresSince: Date | null
  begunAt: Date | null
  endedAt: Date | null
  createdAt: Date
}

const columns = (sql: Sql) => sql`
  id as bulk_id, organization_id, environment, status, paused_because, on_invalid, options, rows_per_second,
  starts_per_second, content_sha256, created_by, may_enroll, starts_from, starts_from_row, failures_since, begun_at,
  ended_at, created_at`

/** Returns a bulk onboarding of any tenant; undefined if it does not exist. */
export async function readBulk(sql: Sql, bulkId: string): Promise<Bulk | undefined> {
  const [row] = await sql<Bulk[]>`select ${columns(sql)} from bulk_onboardings where id = ${bulkId}`
  return row
}

/** Returns a bulk onboarding of this tenant whose upload is complete; undefined if there is none with this id. */
export async function findBulk(
  sql: Sql,
  { organizationId, environment }: Tenant,
  bulkId: string,
): Promise<Bulk | undefined> {
  const [row] = await sql<Bulk[]>`
    select ${columns(sql)} from bulk_onboardings
    where id = ${bulkId} and organization_id = ${organizationId} and environment = ${environment}
      and status <> 'receiving'`
  return row
}

/** Returns a page of this tenant's bulk onboardings, newest first. */
export function listBulks(
  sql: Sql,
  { organizationId, environment }: Tenant,
  filter: { status?: string | undefined },
  { limit, cursor }: PageRequest,
): Promise<Page<Bulk>> {
  const list = sql`
    select id, ${columns(sql)}, 1500 as row_bytes from bulk_onboardings
    where organization_id = ${organizationId} and environment = ${environment} and status <> 'receiving'
      and ${afterCursor(sql, sql`id`, cursor, 'bulkOnboarding')}
      ${only(sql, sql`status`, filter.status)}`
  return readPage<Bulk & { id: string }>(sql, list, { limit })
}

/** Returns the newest earlier bulk onboarding of the tenant with the same file; null if there is none. */
export async function findSameContent(sql: Sql, bulk: Bulk): Promise<string | null> {
  const { organizationId, environment, bulkId, contentSha256 } = bulk
  const [row] = await sql<{ id: string }[]>`
    select id from bulk_onboardings
    where organization_id = ${organizationId} and environment = ${environment} and content_sha256 = ${contentSha256}
      and id < ${bulkId} and status <> 'receiving'
    order by id desc limit 1`
  return row?.id ?? null
}

/** Runs `work` in a transaction that locks the row of the bulk onboarding. Returns undefined if it does not exist. */
export async function underBulkLock<T>(
  database: Database,
  bulkId: string,
  work: (sql: Transaction, bulk: Bulk) => Promise<T>,
): Promise<T | undefined> {
  return (await database.begin(async (sql) => {
    const [bulk] = await sql<Bulk[]>`select ${columns(sql)} from bulk_onboardings where id = ${bulkId} for update`
    return bulk && work(sql, bulk)
  })) as T | undefined
}

/** Returns whether a reference names the owner of a bulk onboarding: a run can be started by hand with any. */
export const isSameTenant = (bulk: Tenant, { organizationId, environment }: Tenant): boolean =>
  bulk.organizationId === organizationId && bulk.environment === environment
