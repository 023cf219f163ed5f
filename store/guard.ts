import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { Settings } from '../domain/settings.ts'
import type { Sql } from './database.ts'
import { insertEvent } from './events.ts'

// Against those who test stolen cards: what counts are declines, never good payments.

type Limits = Pick<Settings, 'declinesPerWindow' | 'declinesPerAddress' | 'declinesPerOrganization' | 'declineWindow'>

/**
 * Says whether too many declines came in the window: of one contact (replacing the link does not help), from one address,
 * or of one organization. Answers the seconds after which the oldest of them no longer counts.
 */
export async function coolDown(
  sql: Sql,
  facts: OnboardingFacts,
  addressHash: string | undefined,
  limits: Limits,
): Promise<{ limit: string; retryAfter: number } | undefined> {
  const checks = [
    { limit: 'contact', most: limits.declinesPerWindow, of: sql`o.billing_customer_id = ${facts.billingCustomerId}` },
    ...(addressHash
      ? [{ limit: 'address', most: limits.declinesPerAddress, of: sql`a.address_hash = ${addressHash}` }]
      : []),
    {
      limit: 'organization',
      most: limits.declinesPerOrganization,
      of: sql`o.organization_id = ${facts.organizationId} and o.environment = ${facts.environment}`,
    },
  ]
  for (const { limit, most, of } of checks) {
    const declines = await sql<{ freeIn: number }[]>`
      select ceil(extract(epoch from a.closed_at + ${limits.declineWindow} * interval '1 second' - now()))::integer as free_in
      from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where ${of} and a.state = 'declined' and a.closed_at > now() - ${limits.declineWindow} * interval '1 second'
      order by a.closed_at desc
      limit ${most}`
    const oldest = declines[most - 1]
    if (oldest) return { limit, retryAfter: Math.max(1, oldest.freeIn) }
  }
  return undefined
}

/** Tells that the guard refused a submission, once per link and limit. */
export async function noteTripped(sql: Sql, { id, billingCustomerId, linkVersion }: OnboardingFacts, limit: string) {
  await insertEvent(sql, {
    type: 'billing_customer.guard_tripped',
    billingCustomerId,
    onboardingId: id,
    data: { limit },
    updateId: `guard/${limit}/${linkVersion}`,
  })
}

/** Forgets where submissions came from, once they count no more. `window` in seconds. */
export async function forgetAddresses(sql: Sql, window: number): Promise<void> {
  await sql`
    update payment_attempts set address_hash = null
    where address_hash is not null and created_at < now() - ${window} * interval '1 second'`
}
