import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { Sql } from './database.ts'
import { insertEvent } from './events.ts'

/** Tells that the customer asked for a new link, once per link that expired. */
export async function requestNewLink(sql: Sql, { id, billingCustomerId, linkVersion }: OnboardingFacts): Promise<void> {
  await insertEvent(sql, {
    type: 'billing_customer.setup_link_requested',
    billingCustomerId,
    onboardingId: id,
    actor: 'customer',
    updateId: `new_link/${linkVersion}`,
  })
}
