import type { Author } from '../../domain/events/author.ts'
import type { EventData } from '../../domain/events/events.ts'
import { throwFirstTryEnded } from '../../domain/failure/first-try-ended.ts'
import type { Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { countEvent } from '../events/count-event.ts'
import { readPageFrom, type OffsetPage } from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface Enrollment {
  id: string
  billingCustomerId: string
  billableItemId: string
  status: 'active' | 'paused' | 'cancelled'
  consecutiveFailures: number
  lastTriggeredAt: Date | null
  createdAt: Date
  /** The customer's external id, or our id if it has none. */
  contactId: string
}

const fields = (sql: Sql) => sql`
  e.id, e.billing_customer_id, e.billable_item_id, e.status, e.consecutive_failures, e.last_triggered_at, e.created_at,
  coalesce(c.external_id, c.id) as contact_id`
const joined = (sql: Sql) => sql`
  from enrollments e
  join billing_customers b on b.id = e.billing_customer_id
  join customers c on c.id = b.customer_id`

/** Who is enrolled in what, and by which onboarding, if by one. */
interface Enrolled {
  /** The id of a new enrollment: a repeat of a call has the same. */
  id?: string | undefined
  billingCustomerId: string
  billableItemId: string
  onboardingId?: string | null
}

/**
 * Enrolls and writes the event, unless there is an active enrollment in the item. Returns whether it enrolled. Call it
 * under the billing customer's lock.
 */
export async function insertEnrollment(
  sql: Sql,
  { organizationId, environment }: Tenant,
  { id = newId('enrollment'), billingCustomerId, billableItemId, onboardingId = null }: Enrolled,
  { actor, actorKeyId }: Author,
): Promise<boolean> {
  const ids: EventData['billing_customer.enrolled'] = { enrollment_id: id, billable_item_id: billableItemId }
  const data = actorKeyId === undefined ? ids : { ...ids, actor_key_id: actorKeyId }
  const rows = await sql`
    with made as (
      insert into enrollments (id, organization_id, environment, billing_customer_id, billable_item_id)
      values (${id}, ${organizationId}, ${environment}, ${billingCustomerId}, ${billableItemId})
      on conflict do nothing
      returning id
    )
    insert into events (id, organization_id, environment, type, billing_customer_id, onboarding_id, actor, data)
    select ${newId('event')}, ${organizationId}, ${environment}, 'billing_customer.enrolled', ${billingCustomerId},
      ${onboardingId}, ${actor}, ${sql.json(data)}
    from made
    returning id`
  if (rows.length === 0) return false
  countEvent(sql, 'billing_customer.enrolled', environment)
  return true
}

/**
 * Enrolls, or returns the active enrollment, which is not `existing` if it has the id of the new one. Call it under the
 * billing customer's lock. Throws `conflict` if the enrollment with this id was canceled.
 */
export async function enroll(
  sql: Sql,
  tenant: Tenant,
  enrolled: Enrolled,
  author: Author,
): Promise<{ enrollment: Enrollment; existing: boolean }> {
  const isNew = await insertEnrollment(sql, tenant, enrolled, author)
  const [row] = await sql<Enrollment[]>`
    select ${fields(sql)} ${joined(sql)}
    where e.billing_customer_id = ${enrolled.billingCustomerId} and e.billable_item_id = ${enrolled.billableItemId}
      and e.status = 'active'`
  if (!row) throwFirstTryEnded('an enrollment that was canceled')
  return { enrollment: row, existing: !isNew && row.id !== enrolled.id }
}

/** Selects all columns of an enrollment `e`. Lists add a column `also`. */
export const selectEnrollments = (sql: Sql, also = sql``) => sql`select ${fields(sql)} ${also} ${joined(sql)}`
/** The size of an enrollment in a list: the column `row_bytes` (see `pageBytes`). */
export const enrollmentSize = (sql: Sql) => sql`, 400 + coalesce(octet_length(c.external_id), 0) as row_bytes`

export interface EnrollmentFilter {
  status?: Enrollment['status'] | undefined
  billingCustomerId?: string | undefined
  billableItemId?: string | undefined
  limit: number
  offset: number
}

/** Returns a page of this tenant's enrollments, oldest first. */
export function listEnrollments(
  sql: Sql,
  { organizationId, environment }: Tenant,
  { limit, offset, ...filter }: EnrollmentFilter,
): Promise<OffsetPage<Enrollment>> {
  const list = sql`
    ${selectEnrollments(sql, enrollmentSize(sql))}
    where e.organization_id = ${organizationId} and e.environment = ${environment}
      ${filter.status ? sql`and e.status = ${filter.status}` : sql``}
      ${filter.billingCustomerId ? sql`and e.billing_customer_id = ${filter.billingCustomerId}` : sql``}
      ${filter.billableItemId ? sql`and e.billable_item_id = ${filter.billableItemId}` : sql``}`
  return readPageFrom(sql, list, { limit, offset, oldestFirst: true })
}
