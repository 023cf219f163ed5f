import { isIdOf } from '../../domain/text/ids.ts'
import type { OnboardingBrief } from '../../domain/onboarding/onboarding.ts'
import { billingCustomerColumns, type BillingCustomer } from './billing-customers.ts'
import type { Sql } from '../database/database.ts'
import { pageOptionsOf } from '../onboardings/page-options.ts'
import type { Tenant } from '../../domain/reference.ts'

/** The parts of a contact's record and its latest onboarding that a repeated call needs. */
export interface ContactRecord extends BillingCustomer {
  /** The number of its brand. Read only if the request names a brand by something other than an id. */
  brandNumber: number | null
  onboarding: OnboardingBrief & {
    ended: boolean
    /** Whether it is closing without success. */
    closing: boolean
    /** Whether a payment attempt is open. */
    paying: boolean
  }
}

export interface ContactReference extends Tenant {
  /** Our id of the customer or its current external id. A former external id is not found. */
  contactId: string
  /** The id of a brand, or its number as text. The record is read with the value that it is compared with. */
  brand?: string | undefined
}

/** Returns a contact's record; undefined if it has none. One statement, because repeats are the most frequent calls. */
export async function readContactRecord(
  sql: Sql,
  { organizationId, environment, contactId, brand }: ContactReference,
): Promise<ContactRecord | undefined> {
  const isOurId = isIdOf('customer', contactId)
  const namesBrandByNumber = brand !== undefined && !isIdOf('brand', brand)
  const [record] = await sql<ContactRecord[]>`
    select ${billingCustomerColumns(sql)},
      case when ${namesBrandByNumber}::boolean
        then (select r.number from brands r where r.id = b.brand_id) end as brand_number,
      json_build_object('onboardingId', o.id, 'kind', o.kind, 'hasShortWorkflowId', o.has_short_workflow_id,
        'onboardingNumber', o.n, 'gateway', o.gateway, 'amount', o.amount,
        'currency', o.currency, 'requireInitial', o.require_initial, 'billableItemId', o.billable_item_id,
        'standingChargeId', o.standing_charge_id, 'linkVersion', o.link_version, 'page', ${pageOptionsOf(sql)},
        'ended', o.ended_at is not null, 'closing', o.closing is not null,
        'paying', exists (select 1 from payment_attempts a where a.onboarding_id = o.id and a.closed_at is null)
      ) as onboarding
    from customers c
      join billing_customers b on b.customer_id = c.id
      join lateral (
        select * from onboardings where billing_customer_id = b.id and kind = 'onboarding' order by n desc limit 1
      ) o on true
    where ${isOurId ? sql`c.id = ${contactId}` : sql`c.external_id = ${contactId}`} and c.deleted_at is null
      and c.organization_id = ${organizationId} and c.environment = ${environment}
      and b.organization_id = ${organizationId} and b.environment = ${environment}
    limit 1`
  return record
}
