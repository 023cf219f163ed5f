import type { Sql } from '../database/database.ts'
import type { SavedMethodToken, MethodUser } from './saved-method.ts'

/**
 * Returns who uses a saved method, in any organization: `itself` if the onboarding or attempt to be undone still uses
 * it, `other` if someone else does, undefined if nobody does. The result stays valid until the end of the transaction
 * if that holds the method's lock. Does not throw.
 */
export async function holderOf(
  sql: Sql,
  { accountId, methodId }: SavedMethodToken,
  { billingCustomerId, onboardingId, ...undone }: MethodUser,
): Promise<'itself' | 'other' | undefined> {
  const attempt = undone.attempt ?? null
  const here = sql`account_id = ${accountId}`
  const [row] = await sql<{ holder: 'itself' | 'other' }[]>`
    -- Billing customers that are charged with it, or are being set up with it.
    select case when b.id = ${billingCustomerId} then 'itself' else 'other' end as holder
    from billing_customers b
    where b.payment_method_id = ${methodId} and ${here}
      and (b.status <> 'pending' or (b.id <> ${billingCustomerId}
        and exists (select 1 from onboardings o where o.billing_customer_id = b.id and o.ended_at is null)))
    union all
    -- Open attempts with a method that a caller sent, or that was created from the customer's approval.
    select 'other' from payment_attempts a
    where a.closed_at is null and ${here} and a.method_gone_at is null
      and (a.method_id = ${methodId} or (a.reference = ${methodId} and not a.single_use))
      and (a.onboarding_id <> ${onboardingId} or a.number <> ${attempt}::integer)
    union all
    -- Payment objects of live onboardings and replacements. A closing one no longer uses its own method.
    select case when p.onboarding_id = ${onboardingId} and ${attempt}::integer is null then 'itself' else 'other' end
    from payment_objects p join onboardings o on o.id = p.onboarding_id
    where p.method_id = ${methodId} and p.account_id = ${accountId}
      and p.state <> 'dead' and p.method_gone_at is null and o.ended_at is null
      and (p.onboarding_id <> ${onboardingId}
        or (p.state = 'paid' and (o.closing is null or ${attempt}::integer is not null)))
    union all
    -- Cards that were saved with a caller's form.
    select 'other' from approval_sessions s join onboardings o on o.id = s.onboarding_id
    where s.method_id = ${methodId} and s.account_id = ${accountId}
      and o.ended_at is null and s.onboarding_id <> ${onboardingId}
    order by holder limit 1`
  return row?.holder
}

/** Returns whether a billing customer of this organization is already charged with the method. */
export async function isChargedIn(
  sql: Sql,
  organizationId: string,
  { accountId, methodId }: SavedMethodToken,
): Promise<boolean> {
  const rows = await sql`
    select 1 from billing_customers
    where payment_method_id = ${methodId} and account_id = ${accountId}
      and organization_id = ${organizationId} and status <> 'pending' limit 1`
  return rows.length > 0
}
