import { countRows, type RowCounts, type RowState } from '../../domain/bulk/bulk.ts'
import { recentRows } from '../../domain/bulk/pace.ts'
import type { BillingCustomerStatus, GatewayName } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'
import type { RowError } from './row-input.ts'

/** Returns the number of rows by state. */
export async function readCounts(sql: Sql, bulkId: string): Promise<RowCounts> {
  const rows = await sql<{ state: RowState; count: number }[]>`
    select state, count(*)::integer as count from bulk_rows where bulk_id = ${bulkId} group by state`
  return countRows(Object.fromEntries(rows.map(({ state, count }) => [state, count])))
}

/** A row to be onboarded, with what its contact has at the gateway already; null if it names nothing. */
export interface ReadyRow {
  number: number
  externalId: string
  gateway: GatewayName | null
  gatewayCustomerId: string | null
  methodId: string | null
}

/** Returns the next ready rows after a row, in the order of the file. */
export async function listReady(sql: Sql, bulkId: string, after: number, limit: number): Promise<ReadyRow[]> {
  return sql<ReadyRow[]>`
    select n as number, external_id, input ->> 'gateway' as gateway,
      input ->> 'gatewayCustomerId' as gateway_customer_id, input ->> 'paymentMethodId' as method_id
    from bulk_rows where bulk_id = ${bulkId} and state = 'ready' and n > ${after} order by n limit ${limit}`
}

/** Returns the codes of the last failures among the rows that finished since a time, newest first; null for success. */
export async function readRecentCodes(sql: Sql, bulkId: string, since: Date): Promise<(string | null)[]> {
  const rows = await sql<{ code: string | null }[]>`
    select errors -> 0 ->> 'code' as code from bulk_rows
    where bulk_id = ${bulkId} and finished_at >= ${since} and state in ('done', 'failed')
    order by finished_at desc limit ${recentRows}`
  return rows.map(({ code }) => code)
}

/** A row with its result. */
export interface BulkRow {
  number: number
  line: number
  externalId: string | null
  state: RowState
  duplicateOf: number | null
  existing: boolean | null
  customerId: string | null
  billingCustomerId: string | null
  onboardingId: string | null
  /** The current status of the billing customer. */
  status: BillingCustomerStatus | null
  /** The code of the last attempt of its onboarding that failed. */
  lastError: string | null
  brandId: string | null
  /** The version of the setup link; null if the onboarding has ended. */
  linkVersion: number | null
  errors: RowError[]
}

/** Returns rows after a row, in the order of the file. */
export async function listRows(
  sql: Sql,
  bulkId: string,
  { after, limit, state }: { after: number; limit: number; state?: RowState | undefined },
): Promise<BulkRow[]> {
  return sql<BulkRow[]>`
    select r.n as number, r.line, r.external_id, r.state, r.duplicate_of, r.existing, b.customer_id,
      r.billing_customer_id, r.onboarding_id, b.status, b.brand_id, (
        select a.code from payment_attempts a
        where a.onboarding_id = o.id and a.code is not null order by a.number desc limit 1
      ) as last_error,
      case when o.ended_at is null then o.link_version end as link_version, coalesce(r.errors, '[]') as errors
    from (
      select * from bulk_rows
      where bulk_id = ${bulkId} and n > ${after} ${state === undefined ? sql`` : sql`and state = ${state}`}
      order by n limit ${limit}
    ) r
      left join billing_customers b on b.id = r.billing_customer_id
      left join onboardings o on o.id = r.onboarding_id
    order by r.n`
}

/** An error of a row, with its place in the file. */
export interface PlacedError extends RowError {
  row: number
  line: number
}

/** Returns the errors of the first rows that are invalid or failed. */
export async function listErrors(sql: Sql, bulkId: string, limit: number): Promise<PlacedError[]> {
  const rows = await sql<{ row: number; line: number; errors: RowError[] }[]>`
    (select n as row, line, errors from bulk_rows where bulk_id = ${bulkId} and state = 'invalid' order by n
      limit ${limit})
    union all
    (select n, line, errors from bulk_rows where bulk_id = ${bulkId} and state = 'failed' order by n limit ${limit})
    order by 1 limit ${limit}`
  return rows.flatMap(({ row, line, errors }) => errors.map((error) => ({ row, line, ...error }))).slice(0, limit)
}
