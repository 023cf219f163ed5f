import type { GivenConsent } from '../../domain/hosted-page.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import type { GatewayName, MethodSource, SubmissionRefusal } from '../../domain/lifecycle.ts'
import type { AddressHashes } from '../../domain/payment/address-hashes.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { expiryOf } from '../../domain/onboarding/next-step.ts'
import { amountDue, openAttempt, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { admit } from './decline-limits.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'
import { isRemoved } from '../methods/method-removals.ts'
import { storeConsent } from '../onboardings/consents.ts'
import { makeRunDue } from '../onboardings/wake.ts'

export interface Submission {
  source: MethodSource
  gateway: GatewayName
  /** The gateway account that it belongs to. */
  accountId: string
  /** The gateway's name for what was submitted: a confirmation token (single use) or a saved payment method. */
  reference: string
  singleUse: boolean
  /** Whether it can be submitted only once, although it is reusable: a repeat is then the same submission. */
  once?: boolean | undefined
  /** When the call was first made, if it is a repeat: the same method, tried since then, is the same submission. */
  firstTryAt?: Date | undefined
  /** The number of the session whose form saved it. */
  form?: number | undefined
  gatewayCustomerId?: string | undefined
  /** The price that the page showed. Only this price can be charged. Undefined for API callers. */
  shown?: { amount: number; currency: string } | undefined
  /** Undefined for API callers. */
  address?: AddressHashes | undefined
  /** What the customer agreed to on the hosted page. */
  consent?: GivenConsent | undefined
  /** The latest time at which the run acts on it, if the caller does not signal it. Default: in 5 seconds. */
  startAt?: Date | undefined
  /** Whether its link was replaced: then only an earlier submission is accepted again. */
  linkReplaced?: boolean
}

export type SubmissionResult =
  | { accepted: true; attempt: number; signal: boolean }
  | { accepted: false; refusal: SubmissionRefusal; retryAfter?: number }

/** Stores a submission as an attempt, or returns why not. Nothing is queued: one attempt is open at a time. */
export async function submitPayment(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
  submission: Submission,
  settings: Settings,
): Promise<SubmissionResult> {
  try {
    return await underLock(database, billingCustomerId, (sql) =>
      submitUnderLock(sql, onboardingId, submission, settings),
    )
  } catch (error) {
    if (error instanceof ReferenceUsed) return { accepted: false, refusal: 'reference_used' }
    throw error
  }
}

/** Thrown to roll back the whole transaction. */
class ReferenceUsed extends Error {}

/** `submitPayment` inside a transaction that has the billing customer's lock and does more. */
export async function submitUnderLock(
  sql: Transaction,
  onboardingId: string,
  submission: Submission,
  settings: Settings,
): Promise<SubmissionResult> {
  const facts = await readFacts(sql, onboardingId)
  if (!facts) return { accepted: false, refusal: 'ended' }
  const known = await findSame(sql, facts, submission)
  if (known) return { accepted: true, attempt: known, signal: await makeRunDue(sql, facts.onboardingId) }
  if (submission.linkReplaced) return { accepted: false, refusal: 'ended' }
  const refused = refusalOf(facts, submission, settings)
  if (refused) return { accepted: false, ...refused }
  if (!submission.singleUse && (await isRemovedMethod(sql, facts, submission)))
    return { accepted: false, refusal: 'method_removed' }
  const admission = await admit(sql, facts, submission, settings)
  if (!admission.admitted) {
    const { refusal } = admission
    return { accepted: false, refusal, ...('retryAfter' in admission ? { retryAfter: admission.retryAfter } : {}) }
  }
  return { accepted: true, attempt: await insertAttempt(sql, facts, submission, admission.challenge), signal: true }
}

/**
 * Returns the attempt of the same submission: a token of this onboarding, or a saved method that is being tried, that
 * was tried by the first run of a repeated call, or that its bank will never accept.
 */
async function findSame(
  sql: Sql,
  facts: OnboardingFacts,
  { reference, singleUse, once = false, firstTryAt, gateway }: Submission,
): Promise<number | undefined> {
  const [row] = await sql<{ number: number }[]>`
    select number from payment_attempts
    where onboarding_id = ${facts.onboardingId} and gateway = ${gateway} and reference = ${reference}
      and (${singleUse || once} or closed_at is null or code = 'do_not_try_again'
        or (created_at >= ${firstTryAt ?? null}::timestamptz and state <> 'void'))
    order by number desc limit 1`
  return row?.number
}

function refusalOf(
  facts: OnboardingFacts,
  { shown }: Submission,
  settings: Settings,
): { refusal: SubmissionRefusal } | undefined {
  if (facts.endedAt || facts.closing) return { refusal: 'ended' }
  if (facts.kind === 'replacement' && facts.billingCustomerStatus === 'suspended') return { refusal: 'suspended' }
  if (expiryOf(facts, settings) <= new Date()) return { refusal: 'expired' }
  if (shown && (shown.amount !== amountDue(facts) || shown.currency !== facts.currency))
    return { refusal: 'price_changed' }
  if (facts.wantedAmount !== null) return { refusal: 'busy' }
  const open = openAttempt(facts)
  return open && open.state !== 'needs_customer' ? { refusal: 'busy' } : undefined
}

/**
 * Returns whether a saved method is being removed or was removed. Takes the method's lock, so that a later removal sees
 * the attempt.
 */
const isRemovedMethod = (sql: Sql, { environment }: OnboardingFacts, submission: Submission) =>
  isRemoved(sql, { ...submission, environment, methodId: submission.reference })

/**
 * `challenge` requests 3-D Secure, which wallets do not support. Its time is that of the row and not of the
 * transaction, which may have waited for a lock: from then on the next submission waits.
 */
async function insertAttempt(
  sql: Sql,
  facts: OnboardingFacts,
  submission: Submission,
  challenge: boolean,
): Promise<number> {
  const { source, gateway, accountId, reference, singleUse, gatewayCustomerId = null } = submission
  const number = facts.attempts.length + 1
  await sql`
    update payment_attempts set state = 'abandoned', closed_at = clock_timestamp()
    where onboarding_id = ${facts.onboardingId} and state = 'needs_customer'`
  const rows = await sql`
    insert into payment_attempts
      (onboarding_id, number, environment, link_version, source, gateway, account_id, reference, single_use,
       gateway_customer_id, amount, currency, address_hash, challenge, created_at)
    values (${facts.onboardingId}, ${number}, ${facts.environment}, ${facts.linkVersion}, ${source},
      ${gateway}, ${accountId}, ${reference}, ${singleUse}, ${gatewayCustomerId}, ${amountDue(facts)},
      ${facts.currency},
      ${submission.address?.home ?? null}, ${challenge && gatewayFacts[gateway].asksBank}, clock_timestamp())
    -- Under the lock only the token can be known already.
    on conflict do nothing
    returning number`
  if (rows.length === 0) throw new ReferenceUsed()
  if (submission.consent) await storeConsent(sql, { ...facts, gateway, reference }, submission.consent)
  // The caller's signal is faster; after 5 seconds the run dispatcher sends it for certain.
  await sql`
    update onboardings set gateway = ${gateway},
      wake_at = least(wake_at, greatest(now() + interval '5 seconds', ${submission.startAt ?? null}::timestamptz))
    where id = ${facts.onboardingId}`
  return number
}
