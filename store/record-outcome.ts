import type { Sql, Database } from './database.ts'
import { insertEvent } from './events.ts'
import { underLock } from './lock.ts'
import type { PaymentReference } from './prepare-payment.ts'

export interface PaidMethod {
  id: string
  /** What the customer knows it by, such as `Visa •••• 4242`. */
  label: string
}

/**
 * Writes that object k was read as paid (or, where nothing is due, as having saved the method): object, charge,
 * attempt and the billing customer's payment method, once. A charge that was given up as canceled counts as late money.
 */
export async function recordPaid(
  database: Database,
  reference: PaymentReference,
  k: number,
  method: PaidMethod,
): Promise<void> {
  const { billingCustomerId, onboardingId } = reference
  await underLock(database, billingCustomerId, async (sql) => {
    const paid = await sql<{ gateway: string; gatewayCustomerId: string }[]>`
      update payment_objects p
      set state = 'paid', method_id = ${method.id},
        -- What the customer submitted on the page was attached by this onboarding, so its undo may detach it; what a caller brought was not.
        method_ours = coalesce((
          select a.single_use from payment_attempts a
          where a.onboarding_id = p.onboarding_id and a.k = p.k order by a.number desc limit 1), false)
      where p.onboarding_id = ${onboardingId} and p.k = ${k} and p.state <> 'paid'
      returning gateway, gateway_customer_id`
    if (paid.length === 0) return
    await Promise.all([
      sql`
        update payment_attempts set state = 'paid', closed_at = now()
        where onboarding_id = ${onboardingId} and closed_at is null and (k = ${k} or k is null)`,
      sql`
        update billing_customers
        set gateway = ${paid[0]!.gateway}, gateway_customer_id = ${paid[0]!.gatewayCustomerId},
          payment_method_id = ${method.id}, payment_method_label = ${method.label}
        where id = ${billingCustomerId} and status = 'pending'`,
      recordChargeSucceeded(sql, reference, k),
    ])
  })
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

/** Closes the open attempt: `declined` counts towards the limits, `void` does not. */
export async function recordNotPaid(
  database: Database,
  { billingCustomerId, onboardingId }: PaymentReference,
  attempt: { number: number; state: 'declined' | 'void'; code: string },
): Promise<void> {
  await underLock(database, billingCustomerId, async (sql) => {
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
