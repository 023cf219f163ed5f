import type { Sql } from '../database/database.ts'
import { enrollmentSize, selectEnrollments, type Enrollment } from './enrollments.ts'
import {
  afterCursor,
  createdWithin,
  only,
  readPage,
  type CreatedRange,
  type Page,
  type PageRequest,
} from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface PagedEnrollmentFilter extends CreatedRange {
  status?: Enrollment['status'] | undefined
  billingCustomerId?: string | undefined
  billableItemId?: string | undefined
}

/** Returns a page of this tenant's enrollments, newest first. */
export async function pageEnrollments(
  sql: Sql,
  { organizationId, environment }: Tenant,
  filter: PagedEnrollmentFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<Enrollment>> {
  const list = sql`
    ${selectEnrollments(sql, enrollmentSize(sql))}
    where e.organization_id = ${organizationId} and e.environment = ${environment}
      and ${afterCursor(sql, sql`e.id`, cursor, 'enrollment')}
      ${only(sql, sql`e.status`, filter.status)}
      ${only(sql, sql`e.billing_customer_id`, filter.billingCustomerId)}
      ${only(sql, sql`e.billable_item_id`, filter.billableItemId)}
      ${createdWithin(sql, sql`e.created_at`, filter)}`
  return readPage(sql, list, { limit })
}

/** Returns an enrollment of this tenant; undefined if it does not exist. */
export async function findEnrollment(
  sql: Sql,
  { organizationId, environment }: Tenant,
  id: string,
): Promise<Enrollment | undefined> {
  const [row] = await sql<Enrollment[]>`
    ${selectEnrollments(sql)} where e.id = ${id} and e.organization_id = ${organizationId}
      and e.environment = ${environment}`
  return row
}
