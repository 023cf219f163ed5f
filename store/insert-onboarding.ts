import { defaultInitialAmount } from '../domain/money.ts'
import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { Settings } from '../domain/settings.ts'
import { askedAmount } from './asked-differently.ts'
import type { BillingCustomer } from './billing-customers.ts'
import type { Sql } from './database.ts'
import { newId } from './new-id.ts'
import { readFacts } from './onboarding-facts.ts'
import type { OnboardingRequest } from './onboarding-request.ts'

export interface NewOnboarding {
  id: string
  n: number
  requireInitial: boolean
  /** Minor units. */
  amount: number
  gateway: BillingCustomer['gateway']
  billableItemId: string | null
  /** Whether its setup link stands in the answer: then the life of the link begins. */
  linkGiven: boolean
}

/** Begins onboarding n of a pending billing customer. Call it under the lock; the unique indexes refuse a second live one. */
export async function insertOnboarding(
  sql: Sql,
  request: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
  n: number,
): Promise<OnboardingFacts> {
  const { currency } = billingCustomer
  const amount =
    request.initialAmountMajor === undefined
      ? (settings.initialAmount ?? defaultInitialAmount(currency))
      : askedAmount(request.initialAmountMajor, currency, settings)
  return writeOnboarding(sql, settings, billingCustomer, {
    id: newId('onboarding'),
    n,
    requireInitial: request.requireInitial ?? settings.requireInitial,
    amount,
    gateway: request.gateway ?? billingCustomer.gateway,
    billableItemId: request.billableItemId ?? null,
    linkGiven: true,
  })
}

/** Writes the row, with the event, waiting for its customer and due to be looked at in 5 seconds. */
export async function writeOnboarding(
  sql: Sql,
  settings: Settings,
  billingCustomer: BillingCustomer,
  { id, n, requireInitial, amount, gateway, billableItemId, linkGiven }: NewOnboarding,
): Promise<OnboardingFacts> {
  const life = linkGiven ? settings.linkLife : settings.unclaimedLife
  await sql`
    with made as (
      insert into onboardings
        (id, organization_id, environment, billing_customer_id, n, gateway, require_initial, amount, currency, billable_item_id,
         link_given_at, expires_at, blocked_on, wake_at)
      values (${id}, ${billingCustomer.organizationId}, ${billingCustomer.environment}, ${billingCustomer.id}, ${n}, ${gateway},
        ${requireInitial}, ${amount}, ${billingCustomer.currency}, ${billableItemId}, ${linkGiven ? sql`now()` : null},
        now() + ${life} * interval '1 second', 'customer', now() + interval '5 seconds')
      returning id, organization_id, environment, billing_customer_id
    )
    insert into events (id, organization_id, environment, type, billing_customer_id, onboarding_id, actor, data)
    select ${newId('event')}, organization_id, environment, 'billing_customer.setup_started', billing_customer_id, id, 'system',
      ${sql.json({ n })}
    from made`
  return (await readFacts(sql, id))!
}
