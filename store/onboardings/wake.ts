import type { OnboardingReference } from '../../domain/reference.ts'
import type { RunInput } from '../../domain/onboarding/run.ts'
import type { Sql, Database } from '../database/database.ts'
import { underLock } from '../database/lock.ts'

// `wake_at` says by when somebody must look at an onboarding. Whoever changes something that the run should see lowers
// it in the same transaction and sends a signal; the run dispatcher makes up for every signal that does not arrive.

/** Asks for the run's attention within seconds. Answers false where it was about to look anyway, or has ended. */
export async function lowerWake(sql: Sql, onboardingId: string): Promise<boolean> {
  const rows = await sql`
    update onboardings set wake_at = now() + interval '5 seconds'
    where id = ${onboardingId} and ended_at is null and wake_at > now() + interval '5 seconds'
    returning id`
  return rows.length === 1
}

/** What every step of a run writes: it lives, and looks again in `inMilliseconds` at the latest (plus a minute). */
export async function planNextLook(sql: Sql, onboardingId: string, inMilliseconds: number): Promise<void> {
  await sql`
    update onboardings set ${nextLookIn(sql, inMilliseconds)}
    where id = ${onboardingId} and ended_at is null`
}

/** The same, as part of another change of a live onboarding. */
export const nextLookIn = (sql: Sql, milliseconds: number) =>
  sql`wake_at = now() + ${milliseconds + 60_000} * interval '1 millisecond', wakes = 0`

export interface DueRun extends RunInput {
  /** How often it was sent for in a row without a sign of life. */
  wakes: number
  /** Seconds since the first of these wakes. */
  silentFor: number
}

/**
 * Claims the onboardings that somebody should have looked at, and pushes each on by 15 s, doubling to 10 minutes.
 * Several starters share the work: `skip locked`. This is the one writer that does not take the billing customer's
 * lock.
 */
export async function claimDueRuns(sql: Sql, limit: number): Promise<DueRun[]> {
  return sql<DueRun[]>`
    update onboardings o
    set wakes = o.wakes + 1,
      first_wake_at = case when o.wakes = 0 then now() else coalesce(o.first_wake_at, now()) end,
      wake_at = now() + least(15 * power(2, least(o.wakes, 10)), 600) * interval '1 second'
    from (
      select id from onboardings
      where ended_at is null and wake_at < now()
      order by wake_at
      limit ${limit}
      for update skip locked
    ) due, billing_customers b
    where o.id = due.id and b.id = o.billing_customer_id
    returning o.environment, o.organization_id, b.customer_id, o.billing_customer_id, o.id as onboarding_id, o.n,
      o.gateway, o.kind, o.wakes, extract(epoch from now() - o.first_wake_at)::float8 as silent_for`
}

/** Takes a claim back that could not be delivered, as Temporal was away: that says nothing about the run. */
export async function returnClaim(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update onboardings set wakes = greatest(wakes - 1, 0), wake_at = now() + interval '5 seconds'
    where id = ${onboardingId} and ended_at is null`
}

export async function findRun(sql: Sql, onboardingId: string): Promise<RunInput | undefined> {
  const [row] = await sql<RunInput[]>`
    select o.environment, o.organization_id, b.customer_id, o.billing_customer_id, o.id as onboarding_id, o.n,
      o.gateway, o.kind
    from onboardings o join billing_customers b on b.id = o.billing_customer_id
    where o.id = ${onboardingId}`
  return row
}

/** Asks the live onboarding's run to look, where there is one: a charge that stood in its way has moved. */
export async function wakeLive(sql: Sql, billingCustomerId: string): Promise<void> {
  const [live] = await sql<{ id: string }[]>`
    select id from onboardings where billing_customer_id = ${billingCustomerId} and ended_at is null`
  if (live) await lowerWake(sql, live.id)
}

/**
 * Asks for the run's attention. Under the lock: a look of the run that began before would write a later time over it.
 */
export const wakeUnderLock = (
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
): Promise<boolean> => underLock(database, billingCustomerId, (sql) => lowerWake(sql, onboardingId))
