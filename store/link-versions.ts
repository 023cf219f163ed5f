import type { OnboardingKind } from '../domain/lifecycle.ts'
import type { Sql } from './database.ts'

/** The onboardings of a billing customer with the newest version of each one's link, newest first. */
export async function listLinkVersions(
  sql: Sql,
  billingCustomerId: string,
): Promise<{ id: string; linkVersion: number; kind: OnboardingKind }[]> {
  return sql<{ id: string; linkVersion: number; kind: OnboardingKind }[]>`
    select id, link_version, kind from onboardings where billing_customer_id = ${billingCustomerId} order by n desc limit 100`
}
