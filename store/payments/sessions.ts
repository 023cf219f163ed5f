import type { GatewayName } from '../../domain/lifecycle.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { amountDue, isPaid, openAttempt } from '../../domain/onboarding/onboarding.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import { expiryOf } from '../../domain/onboarding/next-step.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'

/** An approval that the customer gives outside our page, or a card form of a caller. */
export interface StoredSession {
  onboardingId: string
  sessionNumber: number
  gateway: GatewayName
  /** The gateway account that its token belongs to. */
  accountId: string
  token: string | null
  approveUrl: string | null
  /** The gateway customer that a form saves a card with; null for an approval. */
  gatewayCustomerId: string | null
  /** The number of the next call that cancels a form. */
  cancelNumber: number
  /** The price that was shown when the session began, in minor units. */
  amount: number
  currency: string
}

export const sessionColumns = (sql: Sql) =>
  sql`
  onboarding_id, n as session_number, gateway, account_id, token, approve_url, gateway_customer_id, c as cancel_number,
  amount, currency`
// Seconds. Well below the 3 hours for which a gateway keeps an approval and its request id.
const life = 2 * 3600

/**
 * Returns the session that the customer can approve: the newest one that is recent, has the current price and was not
 * submitted, or else a new row, written before the call to the gateway. Throws a Failure if nothing can be submitted.
 */
export async function ensureSession(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
  settings: Pick<Settings, 'expiryGrace'>,
  { gateway, accountId }: Pick<StoredSession, 'gateway' | 'accountId'>,
): Promise<StoredSession> {
  return underLock(database, billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, onboardingId)
    if (!facts || facts.endedAt || facts.closing || isPaid(facts) || expiryOf(facts, settings) <= new Date())
      throw conflict('setup_over', 'gateway', 'this setup no longer accepts a payment method')
    if (facts.kind === 'replacement' && facts.billingCustomerStatus === 'suspended')
      throw conflict('billing_customer_suspended', 'gateway', 'billing is paused for this customer')
    const open = openAttempt(facts)
    if ((open && open.state !== 'needs_customer') || facts.wantedAmount !== null)
      throw conflict('payment_in_progress', 'gateway', 'another payment method is being tried')
    const { currency } = facts
    const [usable] = await sql<StoredSession[]>`
      select ${sessionColumns(sql)} from approval_sessions s
      where onboarding_id = ${onboardingId} and account_id = ${accountId} and amount = ${amountDue(facts)}
        and currency = ${currency}
        and created_at > now() - ${life} * interval '1 second'
        and not exists (
          select 1 from payment_attempts a
          where a.onboarding_id = s.onboarding_id and a.reference in (s.token, s.method_id))
      order by n desc limit 1`
    if (usable) return usable
    const [made] = await sql<StoredSession[]>`
      insert into approval_sessions (onboarding_id, n, gateway, account_id, amount, currency)
      select ${onboardingId}, coalesce(max(n), 0) + 1, ${gateway}, ${accountId}, ${amountDue(facts)}, ${currency}
      from approval_sessions where onboarding_id = ${onboardingId}
      returning ${sessionColumns(sql)}`
    return made!
  })
}

/** Stores what the gateway created. Values that are already stored are not overwritten. */
export async function storeSession(
  sql: Sql,
  { onboardingId, sessionNumber }: Pick<StoredSession, 'onboardingId' | 'sessionNumber'>,
  made: { token: string; approveUrl: string | null; gatewayCustomerId?: string },
): Promise<StoredSession> {
  const [row] = await sql<StoredSession[]>`
    update approval_sessions
    set token = coalesce(token, ${made.token}), approve_url = coalesce(approve_url, ${made.approveUrl}),
      gateway_customer_id = coalesce(gateway_customer_id, ${made.gatewayCustomerId ?? null})
    where onboarding_id = ${onboardingId} and n = ${sessionNumber}
    returning ${sessionColumns(sql)}`
  return row!
}

/**
 * Invalidates a session that can no longer be used, so that the next call begins another. A session without a token
 * from the gateway does not use up a turn at the organization's limit.
 */
export async function dropSession(
  sql: Sql,
  { onboardingId, sessionNumber }: Pick<StoredSession, 'onboardingId' | 'sessionNumber'>,
) {
  await sql`
    update approval_sessions
    set created_at = '-infinity', admitted_at = case when token is null then null else admitted_at end
    where onboarding_id = ${onboardingId} and n = ${sessionNumber}`
}

/**
 * Returns the newest approval of the onboarding that was not submitted, regardless of age. Forms have no approval URL.
 */
export async function findWaitingSession(sql: Sql, onboardingId: string): Promise<StoredSession | undefined> {
  const [row] = await sql<StoredSession[]>`
    select ${sessionColumns(sql)} from approval_sessions s
    where onboarding_id = ${onboardingId} and approve_url is not null and token is not null
      and not exists (
        select 1 from payment_attempts a where a.onboarding_id = s.onboarding_id and a.reference = s.token)
    order by n desc limit 1`
  return row
}

/**
 * Returns the gateway account of the session of this onboarding that a token belongs to; undefined if it is none's, so
 * that nobody submits another customer's approval.
 */
export async function findAccountOfSession(sql: Sql, onboardingId: string, token: string): Promise<string | undefined> {
  const [row] = await sql<{ accountId: string }[]>`
    select account_id from approval_sessions where onboarding_id = ${onboardingId} and token = ${token}`
  return row?.accountId
}
