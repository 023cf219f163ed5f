import type { AttemptState, GatewayName, MethodSource } from '../../domain/lifecycle.ts'
import type { Sql, Database } from '../database/database.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { underLock } from '../database/lock.ts'
import { paymentTimeLimit } from '../../domain/onboarding/waits.ts'
import type { PaymentObject } from './objects.ts'

/** One submission of a payment method, numbered within its onboarding. */
export interface PaymentAttempt {
  onboardingId: string
  number: number
  source: MethodSource
  gateway: GatewayName
  /** The gateway account that it was submitted to. */
  accountId: string
  reference: string
  singleUse: boolean
  gatewayCustomerId: string | null
  /** The reusable payment method that was created from the customer's approval. */
  methodId: string | null
  objectNumber: number | null
  sendNumber: number
  sentAt: Date | null
  /** The charge or error that the object `objectNumber` had before the attempt was sent to it. */
  seenBefore: string | null
  /** Whether it is confirmed with the customer present, because the bank declined it without. */
  customerPresent: boolean
  /** Whether 3-D Secure is requested, because the organization had reached its decline limit. */
  challenge: boolean
  state: AttemptState
  code: string | null
}

const attemptColumns = (sql: Sql) => sql`
  onboarding_id, number, source, gateway, account_id, reference, single_use, gateway_customer_id, method_id,
  k as object_number, j as send_number, sent_at, seen_before, customer_present, challenge, state, code`

export async function findOpenAttempt(sql: Sql, onboardingId: string): Promise<PaymentAttempt | undefined> {
  const [row] = await sql<PaymentAttempt[]>`
    select ${attemptColumns(sql)} from payment_attempts where onboarding_id = ${onboardingId} and closed_at is null`
  return row
}

export async function findAttempt(sql: Sql, onboardingId: string, number: number): Promise<PaymentAttempt | undefined> {
  const [row] = await sql<PaymentAttempt[]>`
    select ${attemptColumns(sql)} from payment_attempts where onboarding_id = ${onboardingId} and number = ${number}`
  return row
}

/**
 * Records that the attempt is about to be sent to an object, with its number and the object's previous state. Returns
 * false if the onboarding is closing or the attempt no longer has `previousSendNumber`: only one of two concurrent
 * steps gets true.
 */
export async function recordSend(
  database: Database,
  reference: OnboardingReference,
  sending: {
    attempt: number
    previousSendNumber: number
    objectNumber: number
    sendNumber: number
    seenBefore: string
    customerPresent: boolean
    /** Whether the method is saved with the payment. */
    keep: boolean
  },
): Promise<boolean> {
  const { onboardingId } = reference
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_attempts a
      set k = ${sending.objectNumber}, j = ${sending.sendNumber},
        sent_at = coalesce(a.sent_at, now()), last_sent_at = now(), customer_present = ${sending.customerPresent},
        seen_before = case when a.k = ${sending.objectNumber} and a.j = ${sending.sendNumber}
          then coalesce(a.seen_before, ${sending.seenBefore}) else ${sending.seenBefore} end
      from onboardings o, payment_objects p
      where a.onboarding_id = ${onboardingId} and a.number = ${sending.attempt} and a.state = 'open'
        and a.j = ${sending.previousSendNumber}
        and o.id = a.onboarding_id and o.ended_at is null and o.closing is null
        and p.onboarding_id = o.id and p.k = ${sending.objectNumber} and p.state = 'open' and p.closed_at is null
      returning a.number`
    if (rows.length === 0) return false
    if (sending.keep)
      await sql`
        update payment_objects set kept_for_later = true
        where onboarding_id = ${onboardingId} and k = ${sending.objectNumber} and not kept_for_later`
    return true
  })
}

/**
 * Calls that can still take effect: those with a reusable method. After a decline, the same call only returns the same
 * decline.
 */
const mayTakeEffect = (sql: Sql) => sql`
  (method_id is not null or not single_use) and state <> 'declined'
  and coalesce(last_sent_at, sent_at) > now() - ${paymentTimeLimit} * interval '1 millisecond'`

/** Returns the milliseconds until no sent call of an onboarding can still take effect; undefined if none can now. */
export async function timeUntilSendsExpire(sql: Sql, onboardingId: string): Promise<number | undefined> {
  const [row] = await sql<{ sentFor: number | null }[]>`
    select extract(epoch from now() - max(coalesce(last_sent_at, sent_at)))::float8 * 1000 as sent_for
    from payment_attempts where onboarding_id = ${onboardingId} and ${mayTakeEffect(sql)}`
  return row?.sentFor == null ? undefined : paymentTimeLimit - row.sentFor
}

export interface SentAttempt {
  /** The method that this onboarding created for it; null if a caller sent it, or there is none to remove. */
  ownMethod: string | null
  /** Whether it was sent within the time limit of a step, with a reusable method. */
  underWay: boolean
}

/** Lists the attempts that were sent to an object, or whose method was created to be sent. */
export async function listSentAttempts(
  sql: Sql,
  { onboardingId, objectNumber }: Pick<PaymentObject, 'onboardingId' | 'objectNumber'>,
): Promise<SentAttempt[]> {
  return sql<SentAttempt[]>`
    select method_id as own_method,
      coalesce(${mayTakeEffect(sql)}, false) as under_way
    from payment_attempts
    where onboarding_id = ${onboardingId} and (k = ${objectNumber} or (k is null and method_id is not null))`
}
