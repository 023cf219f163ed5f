import type { Sql } from './database.ts'
import type { PaymentObject } from './payment-rows.ts'

/** Milliseconds for which a call of a payment step may still be under way. */
const longestStep = 150_000

/** What was sent to an object and may still arrive there, so that it can be kept from paying. */
export async function readSentTo(
  sql: Sql,
  { onboardingId, k }: Pick<PaymentObject, 'onboardingId' | 'k'>,
): Promise<{ ownMethods: string[]; callersUnderWay: boolean }> {
  const [row] = await sql<{ ownMethods: string[]; callersUnderWay: boolean }[]>`
    select coalesce(array_agg(method_id) filter (where method_id is not null), '{}') as own_methods,
      coalesce(bool_or(not single_use and sent_at > now() - ${longestStep} * interval '1 millisecond'), false) as callers_under_way
    from payment_attempts
    where onboarding_id = ${onboardingId} and (k = ${k} or (k is null and method_id is not null))`
  return row!
}
