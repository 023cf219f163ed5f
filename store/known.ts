import { isIdOf } from '../domain/ids.ts'
import type { OnboardingBrief } from '../domain/onboarding.ts'
import { billingCustomerColumns, type BillingCustomer } from './billing-customers.ts'
import { isBrand } from './brands.ts'
import type { Sql } from './database.ts'
import type { Tenant } from './tenant.ts'

/** The record of a contact and its latest onboarding, as far as a repeat needs to know them. */
export interface Known {
  billingCustomer: BillingCustomer
  onboarding: OnboardingBrief & {
    ended: boolean
    /** Whether a payment attempt is open. */
    paying: boolean
  }
  /** The brand that was asked for, where the organization has it. */
  brandId: string | null
}

/**
 * Reads the record of a contact in one statement: repeats are the most frequent calls. `contactId` is our id of the
 * customer or the external id that it has now; a former one is not looked for. `brand` is an id or a number written as
 * a text.
 */
export async function readKnown(
  sql: Sql,
  { organizationId, environment }: Tenant,
  contactId: string,
  brand?: string,
): Promise<Known | undefined> {
  const [row] = await sql<(BillingCustomer & { onboarding: Known['onboarding']; brandAsked: string | null })[]>`
    select ${billingCustomerColumns(sql)},
      ${brand === undefined ? sql`null` : sql`(select r.id from brands r where r.organization_id = b.organization_id and ${isBrand(sql, brand)})`} as brand_asked,
      json_build_object('id', o.id, 'kind', o.kind, 'n', o.n, 'gateway', o.gateway, 'amount', o.amount, 'currency', o.currency,
        'requireInitial', o.require_initial, 'billableItemId', o.billable_item_id, 'linkVersion', o.link_version, 'ended', o.ended_at is not null,
        'paying', exists (select 1 from payment_attempts a where a.onboarding_id = o.id and a.closed_at is null)) as onboarding
    from customers c join billing_customers b on b.customer_id = c.id
      join lateral (
        select * from onboardings where billing_customer_id = b.id and kind = 'onboarding' order by n desc limit 1
      ) o on true
    where ${sql(isIdOf('customer', contactId) ? 'c.id' : 'c.external_id')} = ${contactId} and c.deleted_at is null
      and c.organization_id = ${organizationId} and c.environment = ${environment}
      and b.organization_id = ${organizationId} and b.environment = ${environment}`
  if (!row) return undefined
  const { onboarding, brandAsked, ...billingCustomer } = row
  return { billingCustomer, onboarding, brandId: brandAsked }
}
