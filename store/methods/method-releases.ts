import type { Author } from '../../domain/events/author.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Sql, Transaction } from '../database/database.ts'
import { postponed } from '../database/postponed.ts'
import { insertEvent } from '../events/events.ts'

/**
 * Takes the saved method from a billing customer that no longer uses it, with the event, and records that it must be
 * detached at the gateway if an onboarding attached it. Does nothing without a method. Call it under the lock.
 */
export async function releaseMethod(sql: Transaction, billingCustomerId: string, author: Author): Promise<void> {
  // The latest object with the method decides whose it is: a caller may later send a method that we attached.
  await sql`
    insert into method_releases (onboarding_id, k, billing_customer_id)
    select p.onboarding_id, p.k, b.id
    from billing_customers b
      join onboardings o on o.billing_customer_id = b.id
      join payment_objects p on p.onboarding_id = o.id and p.state = 'paid' and p.gateway = b.gateway
        and p.method_id = b.payment_method_id
    where b.id = ${billingCustomerId}
    order by o.n desc, p.k desc limit 1
    on conflict (onboarding_id, k) do nothing`
  const released = await sql`
    update billing_customers
    set payment_method_id = null, payment_method_label = null, payment_method_details = null
    where id = ${billingCustomerId} and payment_method_id is not null returning id`
  if (released.length > 0)
    await insertEvent(sql, { billingCustomerId }, { type: 'billing_customer.payment_method_removed', ...author })
}

export interface DueRelease extends OnboardingReference {
  objectNumber: number
}

/**
 * Claims due releases of ended onboardings for an attempt, and postpones each by 15 seconds, doubling up to 10
 * minutes. Concurrent workers get different ones.
 */
export async function claimDueReleases(sql: Sql, limit: number): Promise<DueRelease[]> {
  return sql<DueRelease[]>`
    update method_releases r set tries = r.tries + 1, due_at = ${postponed(sql, sql`r.tries`)}
    from (
      -- While its onboarding is live, the method counts as used by it.
      select m.onboarding_id, m.k from method_releases m
        join onboardings ended on ended.id = m.onboarding_id and ended.ended_at is not null
      where m.due_at <= now() order by m.due_at limit ${limit}
      for update of m skip locked
    ) due, onboardings o
    where (r.onboarding_id, r.k) = (due.onboarding_id, due.k) and o.id = r.onboarding_id
    returning o.organization_id, o.environment, r.billing_customer_id, r.onboarding_id, r.k as object_number`
}

/** Records that a method was detached, or stays because others use it. */
export async function finishRelease(sql: Sql, { onboardingId, objectNumber }: DueRelease): Promise<void> {
  await sql`delete from method_releases where onboarding_id = ${onboardingId} and k = ${objectNumber}`
}
