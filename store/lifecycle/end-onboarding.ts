import type { Closing, OnboardingKind } from '../../domain/lifecycle.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { Database, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'
import type { OnboardingReference } from '../../domain/reference.ts'

export interface Ending {
  result: Closing | 'completed' | 'not_now'
  facts: OnboardingFacts
}

/**
 * Ends a closing onboarding, with its event, if none of its payment objects can still be paid and none of its charges
 * is open, unknown or to be refunded. Returns its result, or `not_now` if it cannot end yet. Repeatable.
 */
export async function endOnboarding(database: Database, reference: OnboardingReference): Promise<Ending> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const [ended] = await sql<{ result: Closing; kind: OnboardingKind }[]>`
      update onboardings o
      set result = o.closing, ended_at = now(), wake_at = null, blocked_on = null, next_retry_at = null
      where o.id = ${reference.onboardingId} and o.ended_at is null and o.closing is not null
        and not exists (select 1 from payment_objects p
          where p.onboarding_id = o.id and p.state in ('creating', 'open'))
        -- Not all unsettled states: a pending or failed refund is followed up after the end.
        and not exists (select 1 from charges c
          where c.onboarding_id = o.id and not c.late and c.state in ('open', 'unknown', 'succeeded'))
      returning o.result, o.kind`
    if (ended) await noteEnd(sql, reference, `${ended.kind}.${ended.result}`)
    const facts = (await readFacts(sql, reference.onboardingId))!
    return { result: facts.result ?? 'not_now', facts }
  })
}

type EndEvent = `${OnboardingKind}.${Closing}`

async function noteEnd(sql: Transaction, reference: OnboardingReference, type: EndEvent): Promise<void> {
  await sql`
    update payment_attempts set state = 'void', code = 'onboarding_ended', closed_at = now(),
      bank_asked = state in ('needs_customer', 'processing')
    where onboarding_id = ${reference.onboardingId} and closed_at is null`
  await insertEvent(sql, reference, { type })
}

/**
 * Reopens an expired onboarding that was paid before it ended. Returns `closing` if it is not paid, and `over` if
 * another copy of the step has already reopened or ended it.
 */
export async function reopenIfPaid(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
): Promise<'reopened' | 'closing' | 'over'> {
  return underLock(database, billingCustomerId, async (sql) => {
    const rows = await sql`
      update onboardings o set closing = null, closing_by = null, closing_why = null
      where o.id = ${onboardingId} and o.ended_at is null and o.closing = 'expired'
        and (exists (select 1 from charges c where c.onboarding_id = o.id and c.state = 'succeeded' and not c.late)
          or (not o.require_initial and exists (select 1 from payment_objects p
            where p.onboarding_id = o.id and p.state = 'paid')))
      returning o.id`
    if (rows.length === 1) return 'reopened'
    const live =
      await sql`select 1 from onboardings where id = ${onboardingId} and ended_at is null and closing is not null`
    return live.length === 1 ? 'closing' : 'over'
  })
}
