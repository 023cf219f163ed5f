import type { PendingQuery, Row } from 'postgres'
import type { Sql } from '../database/database.ts'
import type { DataSubject } from '../erasure/subject.ts'
import { surelyUploadedAbout } from '../erasure/uploaded-about.ts'
import type { ExportedTable } from './exported-columns.ts'

type Fragment = PendingQuery<Row[]>

/** Where the rows `t` of a table about a customer are, and a text that sorts and identifies them. */
export interface RowsAbout {
  from: Fragment
  key: Fragment
}

/** Returns where each table has rows about a customer. Each part is found by an index. */
export function rowsAbout(sql: Sql, subject: DataSubject): Record<ExportedTable, RowsAbout> {
  const { customerId, billingCustomerIds } = subject
  const ofCustomer = sql`where t.customer_id = ${customerId}`
  const ofBillingCustomer = sql`where t.billing_customer_id = any(${billingCustomerIds})`
  const onboardings = sql`(select id from onboardings where billing_customer_id = any(${billingCustomerIds}))`
  const ofOnboardings = sql`where t.onboarding_id in ${onboardings}`
  const numbered = (column: Fragment) => sql`t.onboarding_id || '/' || lpad(${column}::text, 10, '0')`
  return {
    customers: { from: sql`customers t where t.id = ${customerId}`, key: sql`t.id` },
    // A hash, because an external id has any characters and 256 of them.
    former_external_ids: { from: sql`former_external_ids t ${ofCustomer}`, key: sql`md5(t.external_id)` },
    integration_mappings: { from: sql`integration_mappings t ${ofCustomer}`, key: sql`t.provider` },
    gateway_customers: {
      from: sql`gateway_customers t ${ofCustomer}`,
      key: sql`t.gateway || '/' || lpad(t.i::text, 10, '0')`,
    },
    billing_customers: { from: sql`billing_customers t where t.id = any(${billingCustomerIds})`, key: sql`t.id` },
    enrollments: { from: sql`enrollments t ${ofBillingCustomer}`, key: sql`t.id` },
    onboardings: { from: sql`onboardings t ${ofBillingCustomer}`, key: sql`t.id` },
    consents: {
      from: sql`consents t ${ofOnboardings}`,
      key: sql`t.onboarding_id || '/' || md5(t.gateway || t.reference)`,
    },
    payment_objects: { from: sql`payment_objects t ${ofOnboardings}`, key: numbered(sql`t.k`) },
    payment_attempts: { from: sql`payment_attempts t ${ofOnboardings}`, key: numbered(sql`t.number`) },
    approval_sessions: { from: sql`approval_sessions t ${ofOnboardings}`, key: numbered(sql`t.n`) },
    method_removals: {
      from: sql`
        method_removals t where (t.account_id, t.method_id) in (
          select account_id, method_id from payment_objects where onboarding_id in ${onboardings})`,
      key: sql`md5(t.account_id || t.method_id)`,
    },
    charges: { from: sql`charges t ${ofBillingCustomer}`, key: sql`t.id` },
    refunds: {
      from: sql`
        refunds t where t.charge_id in (
          select id from charges where billing_customer_id = any(${billingCustomerIds}))`,
      key: sql`t.id`,
    },
    ...eventsAbout(sql, subject),
    bulk_rows: { from: bulkRowsAbout(sql, subject), key: sql`t.bulk_id || '/' || lpad(t.n::text, 10, '0')` },
    earlier_external_ids: {
      from: sql`earlier_external_ids t ${ofCustomer}`,
      key: sql`md5(t.external_id) || '/' || extract(epoch from t.until)`,
    },
  }
}

function eventsAbout(sql: Sql, { customerId, billingCustomerIds }: DataSubject) {
  const own = (columns: Fragment) => sql`
    (
      select ${columns} from events e where e.billing_customer_id = any(${billingCustomerIds})
      union all
      select ${columns} from events e where e.billing_customer_id is null and e.data ->> 'customer_id' = ${customerId}
    )`
  const ofEvent = sql`t.event_id || '/' || t.endpoint_id`
  return {
    events: {
      from: sql`${own(sql`e.*`)} t`,
      key: sql`coalesce(lpad(t.sequence::text, 10, '0'), 'of customer') || '/' || t.id`,
    },
    webhook_deliveries: {
      from: sql`webhook_deliveries t where t.event_id in ${own(sql`e.id`)}`,
      key: ofEvent,
    },
    webhook_tries: {
      from: sql`
        webhook_deliveries d
          join webhook_tries t on t.endpoint_id = d.endpoint_id and t.event_id = d.event_id
        where d.event_id in ${own(sql`e.id`)}`,
      key: sql`${ofEvent} || '/' || lpad(t.number::text, 10, '0')`,
    },
  }
}

/** Rows of files that became the record of the customer, or are surely about it. */
function bulkRowsAbout(sql: Sql, subject: DataSubject) {
  const { organizationId, environment, billingCustomerIds } = subject
  return sql`
    bulk_rows t join bulk_onboardings b on b.id = t.bulk_id
    where b.organization_id = ${organizationId} and b.environment = ${environment}
      and (t.billing_customer_id = any(${billingCustomerIds}) or (${surelyUploadedAbout(sql, subject)}))`
}
