import type { GatewayName } from '../domain/lifecycle.ts'
import { expiryOf } from '../domain/next-step.ts'
import { amountDue, openAttempt, type OnboardingFacts } from '../domain/onboarding.ts'
import type { Settings } from '../domain/settings.ts'
import type { Database, Sql } from './database.ts'
import { underLock } from './lock.ts'
import { readFacts } from './onboarding-facts.ts'
import { lowerWake } from './wake.ts'

export interface Submission {
  billingCustomerId: string
  onboardingId: string
  source: 'page' | 'api'
  gateway: GatewayName
  /** The gateway's name for what was submitted: a confirmation token (single use) or a saved payment method. */
  reference: string
  singleUse: boolean
  gatewayCustomerId?: string | undefined
  /** The price the customer saw; only that may be charged. An API caller saw none. */
  shown?: { amount: number; currency: string } | undefined
  /** Set where the link it came by was replaced: then only what was submitted before is known. */
  linkReplaced?: boolean
}

export type Refusal =
  'ended' | 'expired' | 'price_changed' | 'busy' | 'too_many_attempts' | 'cool_down' | 'reference_used'
export type SubmissionResult =
  { accepted: true; attempt: number; wake: boolean } | { accepted: false; refusal: Refusal; retryAfter?: number }

/** Makes a submission a row, or says why not. Nothing is queued: one attempt is open at a time. */
export async function submitPayment(
  database: Database,
  submission: Submission,
  settings: Settings,
): Promise<SubmissionResult> {
  try {
    return await underLock(database, submission.billingCustomerId, (sql) => submitUnderLock(sql, submission, settings))
  } catch (error) {
    if (error instanceof ReferenceUsed) return { accepted: false, refusal: 'reference_used' }
    throw error
  }
}

/** Thrown so that the transaction is rolled back whole. */
class ReferenceUsed extends Error {}

async function submitUnderLock(sql: Sql, submission: Submission, settings: Settings): Promise<SubmissionResult> {
  const facts = await readFacts(sql, submission.onboardingId)
  if (!facts) return { accepted: false, refusal: 'ended' }
  const known = await findSame(sql, facts, submission)
  if (known) return { accepted: true, attempt: known, wake: await lowerWake(sql, facts.id) }
  if (submission.linkReplaced) return { accepted: false, refusal: 'ended' }
  const refused = refusalOf(facts, submission, settings) ?? (await coolDown(sql, submission, settings))
  if (refused) return { accepted: false, ...refused }
  return { accepted: true, attempt: await insertAttempt(sql, facts, submission), wake: true }
}

/** The same submission again: a token of this onboarding, or a saved method that is being tried just now. */
async function findSame(
  sql: Sql,
  facts: OnboardingFacts,
  { reference, singleUse, gateway }: Submission,
): Promise<number | undefined> {
  const [row] = await sql<{ number: number }[]>`
    select number from payment_attempts
    where onboarding_id = ${facts.id} and gateway = ${gateway} and reference = ${reference} and (${singleUse} or closed_at is null)
    order by number desc limit 1`
  return row?.number
}

function refusalOf(
  facts: OnboardingFacts,
  { shown }: Submission,
  settings: Settings,
): { refusal: Refusal } | undefined {
  if (facts.endedAt || facts.closing) return { refusal: 'ended' }
  if (expiryOf(facts, settings) <= new Date()) return { refusal: 'expired' }
  if (shown && (shown.amount !== amountDue(facts) || shown.currency !== facts.currency))
    return { refusal: 'price_changed' }
  const open = openAttempt(facts)
  if (open && open.state !== 'needs_customer') return { refusal: 'busy' }
  const declined = facts.attempts.filter((a) => a.linkVersion === facts.linkVersion && a.state === 'declined')
  return declined.length >= settings.attemptsPerLink ? { refusal: 'too_many_attempts' } : undefined
}

/** Declines of one contact in the window, whatever its link: replacing the link does not help who tests cards. */
async function coolDown(
  sql: Sql,
  { billingCustomerId }: Submission,
  { declinesPerWindow, declineWindow }: Settings,
): Promise<{ refusal: Refusal; retryAfter: number } | undefined> {
  const declines = await sql<{ freeIn: number }[]>`
    select ceil(extract(epoch from a.closed_at + ${declineWindow} * interval '1 second' - now()))::integer as free_in
    from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${billingCustomerId} and a.state = 'declined'
      and a.closed_at > now() - ${declineWindow} * interval '1 second'
    order by a.closed_at desc
    limit ${declinesPerWindow}`
  const oldest = declines[declinesPerWindow - 1]
  return oldest && { refusal: 'cool_down', retryAfter: Math.max(1, oldest.freeIn) }
}

async function insertAttempt(sql: Sql, facts: OnboardingFacts, submission: Submission): Promise<number> {
  const { source, gateway, reference, singleUse, gatewayCustomerId = null } = submission
  const number = facts.attempts.length + 1
  await sql`
    update payment_attempts set state = 'abandoned', closed_at = now()
    where onboarding_id = ${facts.id} and state = 'needs_customer'`
  const rows = await sql`
    insert into payment_attempts
      (onboarding_id, number, environment, link_version, source, gateway, reference, single_use, gateway_customer_id, amount, currency)
    values (${facts.id}, ${number}, ${facts.environment}, ${facts.linkVersion}, ${source}, ${gateway}, ${reference}, ${singleUse},
      ${gatewayCustomerId}, ${amountDue(facts)}, ${facts.currency})
    on conflict (environment, gateway, reference) where single_use do nothing
    returning number`
  if (rows.length === 0) throw new ReferenceUsed()
  // 5 seconds: the caller's signal is the fast way, the starter the sure one.
  await sql`
    update onboardings set gateway = ${gateway}, wake_at = least(wake_at, now() + interval '5 seconds')
    where id = ${facts.id}`
  return number
}
