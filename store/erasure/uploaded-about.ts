import type { Sql } from '../database/database.ts'
import type { DataSubject } from './subject.ts'

/**
 * Condition on rows `t` of files `b` that did not become a record: they name the customer. A file that was uploaded
 * after its deletion, or while another customer had the external id, names somebody else.
 */
export const uploadedAbout = (
  sql: Sql,
  { customerId, organizationId, environment, deletedAt, externalIds }: Omit<DataSubject, 'billingCustomerIds'>,
) => sql`
  t.external_id = any(${externalIds}) and t.billing_customer_id is null
  and b.organization_id = ${organizationId} and b.environment = ${environment}
  and b.created_at <= coalesce(${deletedAt}::timestamptz, 'infinity')
  and not exists (
    select from customers other
    where other.organization_id = ${organizationId} and other.environment = ${environment}
      and other.external_id = t.external_id and other.deleted_at is null and other.id <> ${customerId}
      and other.created_at <= b.created_at
  )`
