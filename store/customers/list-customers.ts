import { spellings } from '../../domain/text/free-text.ts'
import type { BillingCustomerStatus } from '../../domain/lifecycle.ts'
import { selectCustomers, type Customer } from './customers.ts'
import type { Sql } from '../database/database.ts'
import { afterCursor, readPage, readPageFrom, type OffsetPage, type Page, type PageRequest } from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface CustomerFilter {
  /** Matches any of these ids. */
  ids?: string[] | undefined
  externalIds?: string[] | undefined
  parentCustomerIds?: string[] | undefined
  externalId?: string | undefined
  /** Case-insensitive. */
  email?: string | undefined
  /** The status of the billing customer; `none` if there is none. */
  status?: BillingCustomerStatus | 'none' | undefined
  parentCustomerId?: string | undefined
  createdFrom?: Date | undefined
  createdBefore?: Date | undefined
  /** Part of the email, name or external id; case-insensitive. */
  search?: string | undefined
}

const ofCustomer = (sql: Sql) => sql`
  select 1 from billing_customers b
  where b.environment = c.environment and b.organization_id = c.organization_id and b.customer_id = c.id`

/** One condition per status, with constants: a generic plan would expect most rows to match. */
const hasStatus: Record<BillingCustomerStatus | 'none', (sql: Sql) => ReturnType<Sql>> = {
  // Not `not exists`: if few customers match, that scans both tables before it sorts.
  none: (sql) => sql`(${ofCustomer(sql)}) is null`,
  pending: (sql) => sql`exists (${ofCustomer(sql)} and b.status = 'pending')`,
  active: (sql) => sql`exists (${ofCustomer(sql)} and b.status = 'active')`,
  closed: (sql) => sql`exists (${ofCustomer(sql)} and b.status = 'closed')`,
  suspended: (sql) => sql`exists (${ofCustomer(sql)} and b.status = 'suspended')`,
}

function where(sql: Sql, { organizationId, environment }: Tenant, f: CustomerFilter): ReturnType<Sql> {
  const pattern = (f.search ?? '').replace(/[\\%_]/g, '\\$&')
  return sql`
    c.organization_id = ${organizationId} and c.environment = ${environment} and c.deleted_at is null
    ${f.ids ? sql`and c.id = any(${f.ids})` : sql``}
    ${f.externalIds ? sql`and c.external_id = any(${f.externalIds.flatMap(spellings)})` : sql``}
    ${f.parentCustomerIds ? sql`and c.parent_customer_id = any(${f.parentCustomerIds})` : sql``}
    ${f.externalId === undefined ? sql`` : sql`and c.external_id = any(${spellings(f.externalId)})`}
    ${f.email === undefined ? sql`` : sql`and fold_text(c.email) = fold_text(${f.email})`}
    ${f.parentCustomerId === undefined ? sql`` : sql`and c.parent_customer_id = ${f.parentCustomerId}`}
    ${f.createdFrom ? sql`and c.created_at >= ${f.createdFrom}` : sql``}
    ${f.createdBefore ? sql`and c.created_at < ${f.createdBefore}` : sql``}
    ${f.search ? sql`and c.search_text like (select '%' || fold_text(${pattern}) || '%')` : sql``}
    ${f.status === undefined ? sql`` : sql`and ${hasStatus[f.status](sql)}`}`
}

/** The size of a customer in a list. The other columns are small compared to these. */
const size = (
  sql: Sql,
) => sql`, 800 + c.metadata_bytes + octet_length(concat(c.external_id, c.name, c.email, c.address_line1,
  c.address_line2, c.address_city, c.address_state)) as row_bytes`

/** Returns a page of this tenant's customers, newest first. */
export async function listCustomers(
  sql: Sql,
  tenant: Tenant,
  filter: CustomerFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<Customer>> {
  const list = sql`
    ${selectCustomers(sql, size(sql))} where ${where(sql, tenant, filter)}
      and ${afterCursor(sql, sql`c.id`, cursor, 'customer')}`
  return readPage(sql, list, { limit })
}

/** `listCustomers` by offset, for doors with offset pagination. */
export async function listCustomersFrom(
  sql: Sql,
  tenant: Tenant,
  filter: CustomerFilter,
  slice: { limit: number; offset: number; oldestFirst?: boolean },
): Promise<OffsetPage<Customer>> {
  return readPageFrom(sql, sql`${selectCustomers(sql, size(sql))} where ${where(sql, tenant, filter)}`, slice)
}

/** Returns the number of customers, counted up to `most`. */
export async function countCustomers(sql: Sql, tenant: Tenant, filter: CustomerFilter, most: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) from (select 1 from customers c where ${where(sql, tenant, filter)} limit ${most}) counted`
  return row!.count
}
