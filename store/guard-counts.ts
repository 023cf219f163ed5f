import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { Sql } from './database.ts'

/**
 * Seconds for which an undecided attempt takes a place: the time limit of a step. One that a gateway holds up longer
 * does not.
 */
const undecidedFor = 150

/** The SQL of `reachedBank` (domain/onboarding.ts). */
const reachedBank = (sql: Sql) => sql`(a.state in ('declined', 'abandoned', 'needs_customer') or a.bank_asked)`
const undecided = (sql: Sql) =>
  sql`(a.state in ('open', 'processing') and a.created_at > now() - ${undecidedFor} * interval '1 second')`
/** Seconds from submission to refusal, beyond which an outage and not the customer may be at fault. */
const soon = 3_600
const refusedSoon = (sql: Sql) => sql`
  (a.state = 'void' and not a.bank_asked and a.code <> 'onboarding_ended'
    and a.closed_at < a.created_at + ${soon} * interval '1 second')`

const inWindow = (sql: Sql, window: number) => sql`
  a.state <> 'paid' and coalesce(a.closed_at, a.created_at) > now() - ${window} * interval '1 second'`

/**
 * Returns the seconds until fewer than `most` of the attempts that match have come in the window; undefined where fewer
 * did. An attempt that is not decided yet counts: it may still reach a bank.
 */
async function secondsUntilBelow(
  sql: Sql,
  matches: ReturnType<Sql>,
  { most, window }: { most: number; window: number },
): Promise<number | undefined> {
  const rows = await sql<{ freeIn: number; undecided: boolean }[]>`
    select ceil(extract(epoch from coalesce(a.closed_at, a.created_at) + ${window} * interval '1 second' - now()))::integer as free_in,
      ${undecided(sql)} as undecided
    from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where ${inWindow(sql, window)} and ${matches}
    order by coalesce(a.closed_at, a.created_at) desc
    limit ${most}`
  if (rows.length < most) return undefined
  // One that is paid in a moment makes room.
  return rows.some((row) => row.undecided) ? 5 : Math.max(1, rows.at(-1)!.freeIn)
}

interface Bound {
  most: number
  /** Seconds. */
  window: number
}

/** Seconds for which a contact may submit nothing, as too much of what it submitted reached a bank. */
export const contactWait = (sql: Sql, { billingCustomerId }: OnboardingFacts, bound: Bound) =>
  secondsUntilBelow(sql, sql`o.billing_customer_id = ${billingCustomerId} and ${reachedBank(sql)}`, bound)

/** The same, as too much was refused by a gateway before any bank was asked: made-up or used tokens. */
export const refusalWait = (sql: Sql, { billingCustomerId }: OnboardingFacts, bound: Bound) =>
  secondsUntilBelow(sql, sql`o.billing_customer_id = ${billingCustomerId} and ${refusedSoon(sql)}`, bound)

/** The same of an address. Call it under the address's lock. */
export const addressWait = (sql: Sql, addressHash: string, bound: Bound) =>
  secondsUntilBelow(sql, sql`a.address_hash = ${addressHash} and (${reachedBank(sql)} or ${undecided(sql)})`, bound)

/**
 * How much of an organization reached a bank in the window or may still, and how many seconds ago the newest of it was
 * submitted.
 */
export async function countOrganization(
  sql: Sql,
  { organizationId, environment }: OnboardingFacts,
  window: number,
): Promise<{ taken: number; newest: number }> {
  const [row] = await sql<{ taken: number; newest: number | null }[]>`
    select count(*)::integer as taken, extract(epoch from greatest(clock_timestamp() - max(a.created_at), interval '0'))::float8 as newest
    from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where ${inWindow(sql, window)} and o.organization_id = ${organizationId} and o.environment = ${environment}
      and (${reachedBank(sql)} or ${undecided(sql)})`
  return { taken: row!.taken, newest: row!.newest ?? Infinity }
}
