import type { Sql } from './database.ts'
import { insertEvent } from './events.ts'

/**
 * Completes an onboarding that has nothing to charge and nobody to wait for: no attempt, no object, no item, no money
 * left behind. Answers whether it did. Call it under the lock.
 */
export async function activateWithoutPayment(sql: Sql, onboardingId: string): Promise<boolean> {
  const [ended] = await sql<{ billingCustomerId: string }[]>`
    update onboardings o set result = 'completed', ended_at = now(), wake_at = null, blocked_on = null
    from billing_customers b
    where o.id = ${onboardingId} and b.id = o.billing_customer_id and b.status = 'pending'
      and o.ended_at is null and o.closing is null and not o.require_initial and o.billable_item_id is null
      and not exists (select 1 from payment_attempts a where a.onboarding_id = o.id and not a.on_form)
      and not exists (select 1 from payment_objects p where p.onboarding_id = o.id)
      and not exists (
        select 1 from charges c
        where c.billing_customer_id = b.id and not c.late and c.state in ('open', 'unknown', 'succeeded', 'refund_pending', 'refund_failed'))
    returning o.billing_customer_id`
  if (!ended) return false
  const { billingCustomerId } = ended
  await sql`update billing_customers set status = 'active', activated_at = now() where id = ${billingCustomerId}`
  await insertEvent(sql, { type: 'billing_customer.activated', billingCustomerId, onboardingId })
  await insertEvent(sql, { type: 'onboarding.completed', billingCustomerId, onboardingId })
  return true
}
