import type { OnboardingKind } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { insertEvent } from '../events/events.ts'

/** The onboardings of a billing customer with the newest version of each one's link, newest first. */
export async function listLinkVersions(
  sql: Sql,
  billingCustomerId: string,
): Promise<{ id: string; linkVersion: number; kind: OnboardingKind }[]> {
  return sql<{ id: string; linkVersion: number; kind: OnboardingKind }[]>`
    select id, link_version, kind from onboardings where billing_customer_id = ${billingCustomerId}
      order by n desc limit 100`
}

/** Tells that the customer asked for a new link, once per link that expired. */
export async function requestNewLink(sql: Sql, facts: OnboardingFacts): Promise<void> {
  await insertEvent(sql, facts, {
    type: 'billing_customer.setup_link_requested',
    actor: 'customer',
    updateId: `new_link/${facts.linkVersion}`,
  })
}
