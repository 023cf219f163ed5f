import { chargeData } from '../../domain/events/charge-events.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { attemptEnded, type EndedAttempt } from '../../metrics/billing.ts'
import type { DescribedMethod } from '../../domain/payment/payment-method.ts'
import type { Sql, Database, Transaction } from '../database/database.ts'
import { afterCommit } from '../database/after-commit.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { isRemoved } from '../methods/method-removals.ts'
import type { SavedMethodToken } from '../methods/saved-method.ts'
import { type PaymentObject, markDeadUnderLock } from './objects.ts'
import type { OnboardingReference } from '../../domain/reference.ts'

/** The result of recording an object that was read as paid; see `recordPaid`. */
export type Recorded = 'open' | 'closed' | 'method_removed'

/**
 * Records that an object is paid or, if nothing is due, that it saved the method. Repeatable. A charge that was
 * canceled becomes a late payment. Returns `open`; `closed` if the object had been closed; or `method_removed` if
 * nothing was due and the method is being removed, which makes the object dead and voids the attempt. `transactionId`:
 * the payment's id in lists of transactions, if the gateway has them.
 */
export async function recordPaid(
  database: Database,
  reference: OnboardingReference,
  objectNumber: number,
  method: DescribedMethod,
  transactionId?: string,
): Promise<Recorded> {
  return underLock(database, reference.billingCustomerId, (sql) =>
    paidUnderLock(sql, reference, objectNumber, method, transactionId),
  )
}

export async function paidUnderLock(
  sql: Transaction,
  reference: OnboardingReference,
  objectNumber: number,
  method: DescribedMethod,
  transactionId?: string,
): Promise<Recorded> {
  const { billingCustomerId, onboardingId } = reference
  const token = await readToken(sql, reference, objectNumber, method)
  if (!token) return 'open'
  const removed = await isRemoved(sql, token)
  if (removed && token.kind === 'setup') return giveUpSaved(sql, reference, objectNumber)
  const details = method.details ? sql.json({ ...method.details }) : null
  const paid = await sql<{ gateway: string; accountId: string; gatewayCustomerId: string; closed: boolean }[]>`
      update payment_objects p
      set state = 'paid', method_label = ${method.label}, method_details = ${details}, method_id = ${token.methodId},
        transaction_id = coalesce(${transactionId ?? null}, p.transaction_id),
        -- This onboarding attached the method if the customer entered it on the page or on a caller's form, so an undo
        -- may detach it. A method that the caller sent stays attached.
        method_ours = coalesce((
          select a.single_use or exists (
            select 1 from approval_sessions s
            where s.onboarding_id = a.onboarding_id and s.method_id = a.reference)
          from payment_attempts a
          where a.onboarding_id = p.onboarding_id and a.k = p.k order by a.number desc limit 1), false)
      where p.onboarding_id = ${onboardingId} and p.k = ${objectNumber} and p.state <> 'paid'
      returning gateway, account_id, gateway_customer_id, closed_at is not null as closed`
  if (paid.length === 0) return 'open'
  await Promise.all([
    closeAttemptAsPaid(sql, reference, objectNumber),
    sql`
        update billing_customers
        set gateway = ${paid[0]!.gateway}, account_id = ${paid[0]!.accountId},
          gateway_customer_id = ${paid[0]!.gatewayCustomerId},
          payment_method_id = ${removed ? null : token.methodId},
          payment_method_label = ${removed ? null : method.label},
          payment_method_details = ${removed ? null : details}
        where id = ${billingCustomerId} and status = 'pending'`,
    recordChargeSucceeded(sql, reference, objectNumber),
    ...(removed ? [insertEvent(sql, { billingCustomerId }, { type: 'billing_customer.payment_method_removed' })] : []),
  ])
  return paid[0]!.closed ? 'closed' : 'open'
}

async function closeAttemptAsPaid(
  sql: Transaction,
  { onboardingId }: OnboardingReference,
  objectNumber: number,
): Promise<void> {
  const closed = await sql<EndedAttempt[]>`
    update payment_attempts set state = 'paid', closed_at = now()
    where onboarding_id = ${onboardingId} and closed_at is null and (k = ${objectNumber} or k is null)
    returning environment, gateway`
  for (const attempt of closed) afterCommit(sql, () => attemptEnded(attempt, 'paid', null))
}

type PaidMethod = SavedMethodToken & { kind: PaymentObject['kind'] }

/**
 * Returns the method that paid or, if the gateway does not report it, the method that was sent last. Returns undefined
 * if the object is already recorded as paid.
 */
async function readToken(
  sql: Sql,
  { onboardingId }: OnboardingReference,
  objectNumber: number,
  method: DescribedMethod,
): Promise<PaidMethod | undefined> {
  const [token] = await sql<PaidMethod[]>`
    select p.kind, p.environment, p.gateway, p.account_id, coalesce(nullif(${method.id}, ''), (
      select coalesce(a.method_id, a.reference) from payment_attempts a
      where a.onboarding_id = p.onboarding_id and a.k = p.k order by a.number desc limit 1)) as method_id
    from payment_objects p where p.onboarding_id = ${onboardingId} and p.k = ${objectNumber} and p.state <> 'paid'`
  return token
}

/** Marks an object as dead because its saved method is being removed. The customer must approve again. */
async function giveUpSaved(
  sql: Transaction,
  reference: OnboardingReference,
  objectNumber: number,
): Promise<'method_removed'> {
  await markDeadUnderLock(sql, reference, objectNumber)
  const [attempt] = await sql<{ number: number; gateway: GatewayName }[]>`
    select number, gateway from payment_attempts
    where onboarding_id = ${reference.onboardingId} and closed_at is null and (k = ${objectNumber} or k is null)`
  if (attempt) {
    const { number, gateway } = attempt
    await notPaidUnderLock(sql, reference, { number, state: 'void', code: gatewayFacts[gateway].lapsedCode })
  }
  return 'method_removed'
}

async function recordChargeSucceeded(
  sql: Transaction,
  reference: OnboardingReference,
  objectNumber: number,
): Promise<void> {
  const [charge] = await sql<{ id: string; amount: number; currency: string; late: boolean }[]>`
    update charges set late = late or state = 'canceled', state = 'succeeded'
    where object_onboarding_id = ${reference.onboardingId} and k = ${objectNumber}
      and state in ('open', 'unknown', 'canceled')
    returning id, amount, currency, late`
  if (!charge) return
  const data = { ...chargeData(charge), late: charge.late }
  await insertEvent(sql, reference, { type: 'charge.succeeded', data })
}

export interface NotPaid {
  number: number
  state: 'declined' | 'void'
  code: string
  /**
   * The number of an object to close. The page had its client secret while the bank waited for the customer, so no
   * other card may be sent to it. The run cancels it (`activities/read-object.ts`).
   */
  close?: number
}

/**
 * Closes an attempt with its event; does nothing if it is closed. `declined` counts toward the limits against card
 * testing, `void` only if it reached a bank. `deadObject` is the number of an object that was never created; it becomes
 * dead.
 */
export async function recordNotPaid(
  database: Database,
  reference: OnboardingReference,
  attempt: NotPaid,
  deadObject?: number,
): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    if (deadObject !== undefined) await markDeadUnderLock(sql, reference, deadObject)
    await notPaidUnderLock(sql, reference, attempt)
  })
}

export async function notPaidUnderLock(
  sql: Transaction,
  reference: OnboardingReference,
  attempt: NotPaid,
): Promise<void> {
  const { onboardingId } = reference
  const rows = await sql<({ bankAsked: boolean } & EndedAttempt)[]>`
      update payment_attempts set state = ${attempt.state}, code = ${attempt.code}, closed_at = now(),
        bank_asked = state in ('needs_customer', 'processing')
      where onboarding_id = ${onboardingId} and number = ${attempt.number} and closed_at is null
      returning bank_asked, environment, gateway`
  const [closed] = rows
  if (!closed) return
  afterCommit(sql, () => attemptEnded(closed, attempt.state, attempt.code))
  if (attempt.close !== undefined)
    await sql`
      update payment_objects set closed_at = coalesce(closed_at, now()), news_at = now()
      where onboarding_id = ${onboardingId} and k = ${attempt.close} and state = 'open'`
  await insertEvent(sql, reference, {
    type: 'billing_customer.payment_failed',
    data: { attempt: attempt.number, code: attempt.code, counts: attempt.state === 'declined' || closed.bankAsked },
  })
}

/** Records that an open attempt waits for the customer at the bank (with an event), or for the bank. Repeatable. */
export async function recordUndecided(
  database: Database,
  reference: OnboardingReference,
  attempt: { number: number; state: 'needs_customer' | 'processing' },
): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_attempts set state = ${attempt.state}
      where onboarding_id = ${reference.onboardingId} and number = ${attempt.number} and closed_at is null
        and state <> ${attempt.state}
      returning number`
    if (rows.length === 0 || attempt.state === 'processing') return
    await insertEvent(sql, reference, {
      type: 'billing_customer.requires_action',
      data: { attempt: attempt.number },
    })
  })
}
