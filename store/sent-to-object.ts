import type { Sql } from './database.ts'
import type { PaymentObject } from './payment-rows.ts'

/** Milliseconds for which a call of a payment step may still be under way. */
const longestStep = 150_000

/**
 * What may still arrive: a call with a method that can be used again. Declined is an answer: the same call gets the
 * same one.
 */
const mayArrive = (sql: Sql) => sql`
  (method_id is not null or not single_use) and state <> 'declined'
  and coalesce(last_sent_at, sent_at) > now() - ${longestStep} * interval '1 millisecond'`

/** Milliseconds until nothing that an onboarding sent can arrive any more; undefined where nothing can. */
export async function untilNothingArrives(sql: Sql, onboardingId: string): Promise<number | undefined> {
  const [row] = await sql<{ sentFor: number | null }[]>`
    select extract(epoch from now() - max(coalesce(last_sent_at, sent_at)))::float8 * 1000 as sent_for
    from payment_attempts where onboarding_id = ${onboardingId} and ${mayArrive(sql)}`
  return row?.sentFor == null ? undefined : longestStep - row.sentFor
}

export interface SentTo {
  /** The method that this onboarding made for it; null where a caller brought it, or there is none to remove. */
  ownMethod: string | null
  /** Whether it was sent within the time limit of a step, by something that can be used again. */
  underWay: boolean
}

/** What was sent to an object, or was made to be sent, by attempt. */
export async function listSentTo(
  sql: Sql,
  { onboardingId, k }: Pick<PaymentObject, 'onboardingId' | 'k'>,
): Promise<SentTo[]> {
  return sql<SentTo[]>`
    select method_id as own_method,
      coalesce(${mayArrive(sql)}, false) as under_way
    from payment_attempts
    where onboarding_id = ${onboardingId} and (k = ${k} or (k is null and method_id is not null))`
}
