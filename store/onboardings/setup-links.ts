import type { OnboardingKind } from '../../domain/lifecycle.ts'
import type { Database, Sql } from '../database/database.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { underLock } from '../database/lock.ts'
import { insertEvent } from '../events/events.ts'

/** Lists the newest 100 onboardings of a billing customer with the current version of each one's link, newest first. */
export async function listLinkVersions(
  sql: Sql,
  billingCustomerId: string,
): Promise<{ id: string; linkVersion: number; kind: OnboardingKind }[]> {
  return sql<{ id: string; linkVersion: number; kind: OnboardingKind }[]>`
    select id, link_version, kind from onboardings where billing_customer_id = ${billingCustomerId}
      order by n desc limit 100`
}

const requestOf = ({ linkVersion }: OnboardingFacts) => `new_link/${linkVersion}`

/** Returns whether the customer has requested a new link since the last one was given. */
export async function isNewLinkRequested(sql: Sql, facts: OnboardingFacts): Promise<boolean> {
  const found = await sql`
    select from events where onboarding_id = ${facts.onboardingId} and update_id = ${requestOf(facts)}`
  return found.length > 0
}

/** Records that the customer requested a new link, once per expired link. */
export async function requestNewLink(database: Database, facts: OnboardingFacts): Promise<void> {
  await underLock(database, facts.billingCustomerId, (sql) =>
    insertEvent(sql, facts, {
      type: 'billing_customer.setup_link_requested',
      actor: 'customer',
      updateId: requestOf(facts),
    }),
  )
}
