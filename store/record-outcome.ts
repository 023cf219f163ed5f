import type { DescribedMethod } from '../domain/payment-method.ts'
import type { Sql, Database } from './database.ts'
import { insertEvent } from './events.ts'
import { underLock } from './lock.ts'
import { buryUnderLock, type PaymentReference } from './prepare-payment.ts'

/**
 * Writes that object k was read as paid (or, where nothing is due, as having saved the method): object, charge,
 * attempt and the billing customer's payment method, once. A charge that was given up as canceled counts as late money.
 * Answers `closed` where the object had been forbidden to be paid before.
 */
export async function recordPaid(
  database: Database,
  reference: PaymentReference,
  k: number,
  method: DescribedMethod,
): Promise<'open' | 'closed'> {
  return underLock(database, reference.billingCustomerId, (sql) => paidUnderLock(sql, reference, k, method))
}

export async function paidUnderLock(
  sql: Sql,
  reference: PaymentReference,
  k: number,
  method: DescribedMethod,
): Promise<'open' | 'closed'> {
  const { billingCustomerId, onboardingId } = reference
  const details = method.details ? sql.json({ ...method.details }) : null
  const paid = await sql<{ gateway: string; gatewayCustomerId: string; methodId: string; closed: boolean }[]>`
      update payment_objects p
      set state = 'paid', method_label = ${method.label}, method_details = ${details},
        -- A gateway that does not tell what paid: what this onboarding sent to it last.
        method_id = coalesce(nullif(${method.id}, ''), (
          select coalesce(a.method_id, a.reference) from payment_attempts a
          where a.onboarding_id = p.onboarding_id and a.k = p.k order by a.number desc limit 1)),
        -- What the customer submitted on the page or a caller's form was attached by this onboarding, so its undo may detach it; what a caller brought was not.
        method_ours = coalesce((
          select a.single_use or exists (select 1 from approval_sessions s where s.onboarding_id = a.onboarding_id and s.method_id = a.reference)
          from payment_attempts a
          where a.onboarding_id = p.onboarding_id and a.k = p.k order by a.number desc limit 1), false)
      where p.onboarding_id = ${onboardingId} and p.k = ${k} and p.state <> 'paid'
      returning gateway, gateway_customer_id, method_id, closed_at is not null as closed`
  if (paid.length === 0) return 'open'
  await Promise.all([
    sql`
        update payment_attempts set state = 'paid', closed_at = now()
        where onboarding_id = ${onboardingId} and closed_at is null and (k = ${k} or k is null)`,
    sql`
        update billing_customers
        set gateway = ${paid[0]!.gateway}, gateway_customer_id = ${paid[0]!.gatewayCustomerId},
          payment_method_id = ${paid[0]!.methodId}, payment_method_label = ${method.label},
          payment_method_details = ${details}
        where id = ${billingCustomerId} and status = 'pending'`,
    recordChargeSucceeded(sql, reference, k),
  ])
  return paid[0]!.closed ? 'closed' : 'open'
}

async function recordChargeSucceeded(
  sql: Sql,
  { billingCustomerId, onboardingId }: PaymentReference,
  k: number,
): Promise<void> {
  const [charge] = await sql<{ id: string; late: boolean }[]>`
    update charges set late = late or state = 'canceled', state = 'succeeded'
    where object_onboarding_id = ${onboardingId} and k = ${k} and state in ('open', 'unknown', 'canceled')
    returning id, late`
  if (!charge) return
  await insertEvent(sql, {
    type: 'charge.succeeded',
    billingCustomerId,
    onboardingId,
    data: { charge_id: charge.id, late: charge.late },
  })
}

export interface NotPaid {
  number: number
  state: 'declined' | 'void'
  code: string
}

/**
 * Closes the open attempt: `declined` counts towards the limits, `void` does not. `deadObject`: the number of an object that
 * never came to be, buried with it.
 */
export async function recordNotPaid(
  database: Database,
  reference: PaymentReference,
  attempt: NotPaid,
  deadObject?: number,
): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    if (deadObject !== undefined) await buryUnderLock(sql, reference, deadObject)
    await notPaidUnderLock(sql, reference, attempt)
  })
}

export async function notPaidUnderLock(
  sql: Sql,
  { billingCustomerId, onboardingId }: PaymentReference,
  attempt: NotPaid,
): Promise<void> {
  const rows = await sql`
      update payment_attempts set state = ${attempt.state}, code = ${attempt.code}, closed_at = now()
      where onboarding_id = ${onboardingId} and number = ${attempt.number} and closed_at is null
      returning number`
  if (rows.length === 0) return
  await insertEvent(sql, {
    type: 'billing_customer.payment_failed',
    billingCustomerId,
    onboardingId,
    data: { attempt: attempt.number, code: attempt.code, counts: attempt.state === 'declined' },
  })
}

/** Writes that the bank asks the customer, or thinks about it. */
export async function recordUndecided(
  database: Database,
  { billingCustomerId, onboardingId }: PaymentReference,
  attempt: { number: number; state: 'needs_customer' | 'processing' },
): Promise<void> {
  await underLock(database, billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_attempts set state = ${attempt.state}
      where onboarding_id = ${onboardingId} and number = ${attempt.number} and closed_at is null and state <> ${attempt.state}
      returning number`
    if (rows.length === 0 || attempt.state === 'processing') return
    await insertEvent(sql, {
      type: 'billing_customer.requires_action',
      billingCustomerId,
      onboardingId,
      data: { attempt: attempt.number },
    })
  })
}
