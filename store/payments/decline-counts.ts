import type { PendingQuery, Row } from 'postgres'
import type { Environment } from '../../domain/lifecycle.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { paymentTimeLimit } from '../../domain/onboarding/waits.ts'
import type { Sql } from '../database/database.ts'
import { isNotSubmitted } from '../onboardings/facts.ts'

/** A fragment of an SQL statement. */
type Fragment = PendingQuery<Row[]>

/** Seconds for which a pending confirmation does not block others of the same address for the whole window. */
const answersWithin = 300
/** Seconds from submission to rejection, beyond which an outage, not the customer, may be the cause. */
const soon = 3_600

/** The SQL of `reachedBank` (domain/onboarding/onboarding.ts). */
const reachedBank = (sql: Sql) => sql`(a.state in ('declined', 'abandoned', 'needs_customer') or a.bank_asked)`
/** An undecided attempt counts for the time limit of a step. One that a gateway delays for longer does not. */
const undecided = (sql: Sql) => sql`
  (a.state in ('open', 'processing') and a.created_at > now() - ${paymentTimeLimit} * interval '1 millisecond')`
const refusedSoon = (sql: Sql) => sql`
  (a.state = 'void' and not a.bank_asked and a.code <> 'onboarding_ended'
    and a.closed_at < a.created_at + ${soon} * interval '1 second')`

/**
 * A decline counts from its response. Everything else counts from the request to the bank, so that an abandoned
 * challenge does not count again when its onboarding ends.
 */
const countsFrom = (sql: Sql) => sql`case when a.state = 'declined' then a.closed_at else a.created_at end`

/** The attempts that match. The first condition on time is implied by the second; it is the one with an index. */
const attempts = (sql: Sql, window: number, matches: Fragment) => sql`
  select ${countsFrom(sql)} as counts_from, a.created_at, ${undecided(sql)} as undecided,
    a.state = 'needs_customer' as asked, a.on_form, o.billing_customer_id
  from payment_attempts a join onboardings o on o.id = a.onboarding_id
  where a.state <> 'paid' and coalesce(a.closed_at, a.created_at) > now() - ${window} * interval '1 second'
    and ${countsFrom(sql)} > now() - ${window} * interval '1 second' and ${matches}`

/**
 * Selects cards on callers' forms that caused a request to the bank and were not declined. Each counts until it is
 * submitted. `form` is the number of the session that is being submitted or read: it does not count against itself.
 */
const formCards = (
  sql: Sql,
  window: number,
  matches: Fragment,
  { onboardingId }: OnboardingFacts,
  form?: number,
) => sql`
  select s.asked_at as counts_from, s.asked_at as created_at, false as undecided, false as asked, true as on_form,
    o.billing_customer_id
  from approval_sessions s join onboardings o on o.id = s.onboarding_id
  where s.asked_at > now() - ${window} * interval '1 second' and ${isNotSubmitted(sql)} and ${matches}
    and (s.onboarding_id <> ${onboardingId} or s.n <> ${form ?? 0})`

interface Wait {
  /** Seconds. */
  retryAfter: number
  /** Whether a customer who counts toward the limit is at the bank at this moment. */
  atBank: boolean
}

/**
 * Returns how long to wait until fewer than `most` of these attempts are in the window; undefined if fewer are already.
 * An undecided attempt counts, because it may still reach a bank.
 */
async function waitUntilBelow(sql: Sql, tries: Fragment, { most, window }: Bound): Promise<Wait | undefined> {
  const rows = await sql<{ freeIn: number; undecided: boolean; atBank: boolean }[]>`
    select ceil(extract(epoch from counts_from + ${window} * interval '1 second' - now()))::integer as free_in,
      undecided,
      asked and created_at > now() - ${answersWithin} * interval '1 second' as at_bank
    from (${tries}) tries
    order by counts_from desc
    limit ${most}`
  if (rows.length < most) return undefined
  const atBank = rows.some((row) => row.atBank)
  // An undecided attempt may be paid at any moment, and then no longer counts.
  const retryAfter = rows.some((row) => row.undecided) ? 5 : Math.max(1, rows.at(-1)!.freeIn)
  return { retryAfter, atBank }
}

interface Bound {
  most: number
  /** Seconds. */
  window: number
}

/**
 * Returns the seconds until a contact can submit again after too many attempts that reached a bank; undefined if it can
 * submit now. `form`: see `formCards`.
 */
export async function contactWait(
  sql: Sql,
  facts: OnboardingFacts,
  bound: Bound,
  form?: number,
): Promise<number | undefined> {
  const ofContact = sql`o.billing_customer_id = ${facts.billingCustomerId}`
  const tries = sql`
    ${attempts(sql, bound.window, sql`${ofContact} and ${reachedBank(sql)}`)}
    union all ${formCards(sql, bound.window, ofContact, facts, form)}`
  return (await waitUntilBelow(sql, tries, bound))?.retryAfter
}

/** Same as `contactWait`, for attempts that a gateway refused before it asked a bank: fabricated or used tokens. */
export async function refusalWait(
  sql: Sql,
  { billingCustomerId }: OnboardingFacts,
  bound: Bound,
): Promise<number | undefined> {
  const refused = sql`o.billing_customer_id = ${billingCustomerId} and ${refusedSoon(sql)}`
  return (await waitUntilBelow(sql, attempts(sql, bound.window, refused), bound))?.retryAfter
}

/**
 * Same as `contactWait`, for an address. The wait is 5 seconds while customers are at their bank, because many
 * customers share an address of a mobile network. Call it under the address's lock.
 */
export async function addressWait(
  sql: Sql,
  environment: Environment,
  addressHash: string,
  bound: Bound,
): Promise<Wait | undefined> {
  const counts = sql`(${reachedBank(sql)} or ${undecided(sql)})`
  const ofAddress = sql`a.environment = ${environment} and a.address_hash = ${addressHash} and ${counts}`
  const wait = await waitUntilBelow(sql, attempts(sql, bound.window, ofAddress), bound)
  return wait?.atBank ? { ...wait, retryAfter: 5 } : wait
}

interface OrganizationCount {
  taken: number
  limitedSince: Date
  hasTried: boolean
  newestSubmission: number
  newestForm: number
}

/**
 * Returns the number of an organization's attempts in the window that reached a bank or still may, the time from which
 * the oldest of them counts, whether one of them is the contact's own, and the seconds since the newest submission and
 * since the newest form opened at the limit. Imported methods do not count. A form on which several cards failed counts
 * as opened by one `pause` later for each further card, at most 10: then the seconds can be negative. `form`: see
 * `formCards`.
 */
export async function countOrganization(
  sql: Sql,
  facts: OnboardingFacts,
  window: number,
  { form, pause = 0 }: { form?: number | undefined; pause?: number } = {},
): Promise<OrganizationCount> {
  const ofOrganization = sql`o.organization_id = ${facts.organizationId} and o.environment = ${facts.environment}`
  const counts = sql`a.source <> 'imported' and (${reachedBank(sql)} or ${undecided(sql)})`
  const secondsSince = (time: Fragment) => sql`extract(epoch from clock_timestamp() - ${time})::float8`
  const newestForm = sql`(
    select max(s.admitted_at + least(greatest(s.failed_cards - 1, 0), 10) * ${pause}::float8 * interval '1 second')
    from approval_sessions s join onboardings o on o.id = s.onboarding_id
    where s.admitted_at > now() - ${window} * interval '1 second' and ${ofOrganization})`
  type Row = OrganizationCount & { newestSubmission: number | null; newestForm: number | null }
  const [row] = await sql<Row[]>`
    select count(*)::integer as taken, coalesce(min(counts_from), now()) as limited_since,
      coalesce(bool_or(billing_customer_id = ${facts.billingCustomerId}), false) as has_tried,
      ${secondsSince(sql`max(created_at) filter (where not on_form)`)} as newest_submission,
      ${secondsSince(newestForm)} as newest_form
    from (
      ${attempts(sql, window, sql`${ofOrganization} and ${counts}`)}
      union all ${formCards(sql, window, ofOrganization, facts, form)}
    ) tries`
  const newestSubmission = Math.max(0, row!.newestSubmission ?? Infinity)
  return { ...row!, newestSubmission, newestForm: row!.newestForm ?? Infinity }
}
