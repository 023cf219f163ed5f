import { isIdOf } from '../domain/ids.ts'
import type { OnboardingBrief } from '../domain/onboarding.ts'
import { billingCustomerColumns, type BillingCustomer } from './billing-customers.ts'
import type { Sql } from './database.ts'
import type { Tenant } from './tenant.ts'

/** The record of a contact and its latest onboarding, as far as a repeat needs to know them. */
export interface Known extends BillingCustomer {
  /** The number of its brand; read where a brand is named by something else than an id. */
  brandNumber: number | null
  onboarding: OnboardingBrief & {
    ended: boolean
    /** Whether a payment attempt is open. */
    paying: boolean
  }
}

const statement = (contact: string, brandNumber: string) => `
  select ${billingCustomerColumns}, ${brandNumber} as brand_number,
    json_build_object('id', o.id, 'kind', o.kind, 'n', o.n, 'gateway', o.gateway, 'amount', o.amount, 'currency', o.currency,
      'requireInitial', o.require_initial, 'billableItemId', o.billable_item_id, 'linkVersion', o.link_version, 'ended', o.ended_at is not null,
      'paying', exists (select 1 from payment_attempts a where a.onboarding_id = o.id and a.closed_at is null)) as onboarding
  from customers c join billing_customers b on b.customer_id = c.id
    join lateral (
      select id, kind, n, gateway, amount, currency, require_initial, billable_item_id, link_version, ended_at
      from onboardings where billing_customer_id = b.id and kind = 'onboarding' order by n desc limit 1
    ) o on true
  where ${contact} = $1 and c.deleted_at is null
    and c.organization_id = $2 and c.environment = $3 and b.organization_id = $2 and b.environment = $3`

/** Made once: to put it together for each call, of pieces, takes the driver half as long as PostgreSQL to answer it. */
const statementsBy = (contact: string) => ({
  alone: statement(contact, 'null'),
  withBrandNumber: statement(contact, '(select r.number from brands r where r.id = b.brand_id)'),
})
const byId = statementsBy('c.id')
const byExternalId = statementsBy('c.external_id')

/**
 * Reads the record of a contact in one statement: repeats are the most frequent calls. `contactId` is our id of the
 * customer or the external id that it has now; a former one is not looked for. `brand` is the id of a brand or its number
 * written as a text, to be compared.
 */
export async function readKnown(
  sql: Sql,
  { organizationId, environment }: Tenant,
  contactId: string,
  brand?: string,
): Promise<Known | undefined> {
  const { alone, withBrandNumber } = isIdOf('customer', contactId) ? byId : byExternalId
  const text = brand === undefined || isIdOf('brand', brand) ? alone : withBrandNumber
  const [known] = await sql.unsafe<Known[]>(text, [contactId, organizationId, environment], { prepare: true })
  return known
}
