import { isPaid, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { canEnrollIn } from '../catalog/billable-items.ts'
import { insertRefundOfRest } from '../charges/insert-refund.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertEnrollment } from '../catalog/enrollments.ts'
import { insertEvent } from '../events/events.ts'
import { hasUnusedForms } from '../payments/form-sessions.ts'
import { underLock } from '../database/lock.ts'
import { isUnsettled, readFacts } from '../onboardings/facts.ts'
import type { OnboardingReference } from '../../domain/reference.ts'

export interface Activation {
  result: 'completed' | 'item_gone' | 'not_now'
  facts: OnboardingFacts
  /** Charges to refund now, by the organization's policy. */
  refunding: string[]
  /** Whether it issued card forms that were not submitted: the methods that they saved must be removed. */
  unusedForms: boolean
}

/**
 * Completes an onboarding in one transaction: the customer is active and enrolled, and the onboarding has ended. If the
 * item was withdrawn, the onboarding fails instead and its charge is refunded. A second call returns the same.
 */
export async function activateAndEnroll(database: Database, reference: OnboardingReference): Promise<Activation> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const facts = (await readFacts(sql, reference.onboardingId))!
    const none = { refunding: [], unusedForms: false }
    if (facts.result === 'completed') {
      const unusedForms = await hasUnusedForms(sql, facts.onboardingId)
      return { result: 'completed', facts, refunding: refundingOf(facts), unusedForms }
    }
    if (facts.endedAt || facts.closing || !isPaid(facts)) return { result: 'not_now', facts, ...none }
    const [result, unusedForms] = await Promise.all([finish(sql, facts), hasUnusedForms(sql, facts.onboardingId)])
    if (result === 'item_gone') return { result, facts: { ...facts, closing: 'failed' }, ...none }
    const ended = { ...facts, result: 'completed' as const, endedAt: new Date(), blockedOn: null, nextRetryAt: null }
    return { result, facts: ended, refunding: facts.refundInitial ? await returnInitial(sql, facts) : [], unusedForms }
  })
}

const refundingOf = ({ onboardingId, unsettledCharges }: OnboardingFacts) =>
  unsettledCharges
    .filter((charge) => charge.onboardingId === onboardingId && charge.state === 'refund_pending')
    .map(({ id }) => id)

/** Marks the initial charge for a refund if the policy says so. The workflow `money/{charge}` makes the refund. */
async function returnInitial(sql: Transaction, facts: OnboardingFacts): Promise<string[]> {
  const charges = await sql<{ id: string; amount: number; currency: string }[]>`
    update charges set state = 'refund_pending' where onboarding_id = ${facts.onboardingId} and state = 'succeeded'
    returning id, amount, currency`
  for (const charge of charges) await insertRefundOfRest(sql, { ...facts, ...charge }, 'policy')
  return charges.map(({ id }) => id)
}

async function finish(sql: Transaction, facts: OnboardingFacts): Promise<'completed' | 'item_gone'> {
  const { onboardingId, billingCustomerId, billableItemId } = facts
  if (billableItemId && !(await canEnrollIn(sql, facts, billableItemId))) {
    await failForItem(sql, onboardingId)
    return 'item_gone'
  }
  // Independent statements of one transaction, so they are pipelined.
  await Promise.all([
    sql`
      update billing_customers set status = 'active', activated_at = now()
      where id = ${billingCustomerId} and status = 'pending'`,
    insertEvent(sql, facts, { type: 'billing_customer.activated' }),
    ...(billableItemId
      ? [insertEnrollment(sql, facts, { billingCustomerId, billableItemId, onboardingId }, { actor: 'system' })]
      : []),
    sql`
      update payment_attempts set state = 'abandoned', closed_at = now()
      where onboarding_id = ${onboardingId} and closed_at is null`,
    sql`
      update onboardings
      set result = 'completed', ended_at = now(), wake_at = null, blocked_on = null, next_retry_at = null
      where id = ${onboardingId}`,
    insertEvent(sql, facts, { type: 'onboarding.completed' }),
  ])
  return 'completed'
}

/** The item was withdrawn, so the onboarding can no longer be completed. */
export async function failForItem(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update onboardings set closing = 'failed', closing_by = 'system', closing_why = 'item_gone'
    where id = ${onboardingId} and ended_at is null and closing is null`
}

/**
 * Completes an onboarding that needs no payment and no method: no attempt, no payment object, no item and no unsettled
 * charge. Returns whether it did. Call it under the lock.
 */
export async function activateWithoutPayment(sql: Transaction, onboardingId: string): Promise<boolean> {
  const [ended] = await sql<{ billingCustomerId: string }[]>`
    update onboardings o set result = 'completed', ended_at = now(), wake_at = null, blocked_on = null
    from billing_customers b
    where o.id = ${onboardingId} and b.id = o.billing_customer_id and b.status = 'pending'
      and o.ended_at is null and o.closing is null and not o.require_initial and o.billable_item_id is null
      and not exists (select 1 from payment_attempts a where a.onboarding_id = o.id and not a.on_form)
      and not exists (select 1 from payment_objects p where p.onboarding_id = o.id)
      and not exists (select 1 from charges c where c.billing_customer_id = b.id and ${isUnsettled(sql)}
        and c.id is distinct from o.standing_charge_id)
    returning o.billing_customer_id`
  if (!ended) return false
  const { billingCustomerId } = ended
  await sql`update billing_customers set status = 'active', activated_at = now() where id = ${billingCustomerId}`
  const subject = { billingCustomerId, onboardingId }
  await insertEvent(sql, subject, { type: 'billing_customer.activated' })
  await insertEvent(sql, subject, { type: 'onboarding.completed' })
  return true
}
