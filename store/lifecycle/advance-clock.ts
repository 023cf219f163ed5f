import type { Author } from '../../domain/events/author.ts'
import { openAttempt } from '../../domain/onboarding/onboarding.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { insertEvent } from '../events/events.ts'
import { readFacts } from '../onboardings/facts.ts'
import { makeRunDue } from '../onboardings/wake.ts'
import { timeUntilSendsExpire } from '../payments/attempts.ts'

/**
 * Moves the times of a live onboarding into the past, as if `seconds` had gone by: expiry, reminders, grace, retries,
 * and the windows of the limits against card testing. Never moves the time limit of a call to a gateway, which
 * exactly-once rests on: returns `busy` while a payment step is under way. A repeat with the same `updateId` moves
 * nothing. Call it in the sandbox only.
 */
export async function advanceClock(
  database: Database,
  reference: OnboardingReference,
  seconds: number,
  context: Author & { updateId?: string },
): Promise<'done' | 'ended' | 'busy'> {
  const { onboardingId, billingCustomerId } = reference
  return underLock(database, billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, onboardingId)
    if (!facts || facts.endedAt) return 'ended'
    const isUnderWay = openAttempt(facts)?.state === 'open' || (await timeUntilSendsExpire(sql, onboardingId))
    if (isUnderWay) return 'busy'
    const event = { type: 'onboarding.clock_advanced', ...context, data: { seconds } } as const
    if (!(await insertEvent(sql, reference, event))) return 'done'
    await moveTimes(sql, reference, seconds)
    await makeRunDue(sql, onboardingId)
    return 'done'
  })
}

async function moveTimes(sql: Sql, { onboardingId, billingCustomerId }: OnboardingReference, seconds: number) {
  const passed = sql`${seconds} * interval '1 second'`
  await sql`
    update onboardings
    set expires_at = expires_at - ${passed}, link_given_at = link_given_at - ${passed},
      next_retry_at = next_retry_at - ${passed}
    where id = ${onboardingId}`
  // Earlier onboardings count for the limits too. `sent_at` stays: see the docstring.
  const ofContact = sql`onboarding_id in (select id from onboardings where billing_customer_id = ${billingCustomerId})`
  await sql`
    update payment_attempts set created_at = created_at - ${passed}, closed_at = closed_at - ${passed}
    where ${ofContact}`
  await sql`
    update approval_sessions
    set created_at = created_at - ${passed}, asked_at = asked_at - ${passed}, admitted_at = admitted_at - ${passed}
    where ${ofContact}`
  await sql`
    update guard_trips set told_at = told_at - ${passed}
    where environment = 'sandbox' and (subject = ${billingCustomerId} or subject like ${`${onboardingId}/%`})`
}

/** Returns whether the run has read the record since it was made due, or the onboarding has ended. */
export async function hasCaughtUp(sql: Sql, onboardingId: string): Promise<boolean> {
  const [row] = await sql<{ caughtUp: boolean }[]>`
    select ended_at is not null or (closing is null and wake_at > now() + interval '6 seconds') as caught_up
    from onboardings where id = ${onboardingId}`
  return row?.caughtUp ?? true
}
