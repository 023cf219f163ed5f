import type { GatewayAccount, OnboardingReference } from '../../domain/reference.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { isRemoved } from './method-removals.ts'

/**
 * Stores the payment method created from the customer's approval. If the attempt is over, returns `known` if the method
 * is recorded, so that whoever ends the onboarding removes it, and `unknown` if only the caller knows it. `removed`:
 * the method was removed or is being removed, and must not be used.
 */
export async function storeMethod(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
  number: number,
  methodId: string,
): Promise<'kept' | 'known' | 'unknown' | 'removed'> {
  return underLock(database, billingCustomerId, async (sql) => {
    const [attempt] = await sql<(GatewayAccount & { methodId: string | null })[]>`
      select account_id, environment, gateway, method_id from payment_attempts
      where onboarding_id = ${onboardingId} and number = ${number}`
    const removed = await isRemoved(sql, { ...attempt!, methodId })
    if (removed) return attempt!.methodId === methodId ? 'known' : 'removed'
    const rows = await sql`
      update payment_attempts a set method_id = ${methodId}
      from onboardings o
      where a.onboarding_id = ${onboardingId} and a.number = ${number} and a.closed_at is null
        and (a.method_id is null or a.method_id = ${methodId})
        and o.id = a.onboarding_id and o.closing is null and o.ended_at is null
      returning a.number`
    if (rows.length === 1) return 'kept'
    const known = await sql`
      select 1 from payment_attempts
      where onboarding_id = ${onboardingId} and number = ${number} and method_id = ${methodId}`
    return known.length === 1 ? 'known' : 'unknown'
  })
}

/**
 * Stores the method that a session created before it is submitted: it is known as attached by us and can be removed.
 */
export async function storeSessionMethod(
  sql: Sql,
  { onboardingId, sessionNumber }: { onboardingId: string; sessionNumber: number },
  methodId: string,
): Promise<void> {
  await sql`
    update approval_sessions set method_id = ${methodId}
    where onboarding_id = ${onboardingId} and n = ${sessionNumber} and method_id is null`
}

/**
 * Lists the payment methods that this onboarding created from the customer's approval and that were not removed, used
 * or not.
 */
export async function listOwnMethods(
  sql: Sql,
  onboardingId: string,
): Promise<{ accountId: string; number: number; methodId: string }[]> {
  return sql<{ accountId: string; number: number; methodId: string }[]>`
    select account_id, number, method_id from payment_attempts
    where onboarding_id = ${onboardingId} and method_id is not null and method_gone_at is null order by number`
}

/**
 * Lists those of `listOwnMethods` whose attempt was not paid and is closed, with the number of the object that they
 * were sent to.
 */
export async function listUnusedMethods(
  sql: Sql,
  onboardingId: string,
): Promise<{ accountId: string; number: number; methodId: string; objectNumber: number | null }[]> {
  return sql<{ accountId: string; number: number; methodId: string; objectNumber: number | null }[]>`
    select account_id, number, method_id, k as object_number from payment_attempts
    where onboarding_id = ${onboardingId} and method_id is not null and method_gone_at is null
      and state in ('declined', 'void', 'abandoned') order by number`
}
