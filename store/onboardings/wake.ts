import type { OnboardingReference } from '../../domain/reference.ts'
import type { RecordedRun } from '../../domain/onboarding/run.ts'
import type { Sql, Database } from '../database/database.ts'
import { postponed } from '../database/postponed.ts'
import { underLock } from '../database/lock.ts'

// `wake_at` is the time by which an onboarding must be read. A change that the run must see sets an
// earlier time in the same transaction and sends a signal. The run dispatcher compensates for lost signals.

/** Makes the run due within 5 seconds. Returns false if it is due by then anyway, or the onboarding has ended. */
export async function makeRunDue(sql: Sql, onboardingId: string): Promise<boolean> {
  const rows = await sql`
    update onboardings set wake_at = now() + interval '5 seconds'
    where id = ${onboardingId} and ended_at is null and wake_at > now() + interval '5 seconds'
    returning id`
  return rows.length === 1
}

/**
 * Records that the run is alive and reads again in `inMilliseconds` at the latest, plus a minute. Every step of a run
 * calls it.
 */
export async function planNextRead(sql: Sql, onboardingId: string, inMilliseconds: number): Promise<void> {
  await sql`
    update onboardings set ${nextReadIn(sql, inMilliseconds)}
    where id = ${onboardingId} and ended_at is null`
}

/** Same as `planNextRead`, as part of another update of a live onboarding. */
export const nextReadIn = (sql: Sql, milliseconds: number) =>
  sql`wake_at = now() + ${milliseconds + 60_000} * interval '1 millisecond', wakes = 0`

export interface DueRun extends RecordedRun {
  /** The number of consecutive claims of this row without a read by the run. */
  wakes: number
  /** Seconds since the first of these claims. */
  silentFor: number
}

/**
 * Claims the overdue onboardings and postpones each by 15 seconds, doubling up to 10 minutes. Concurrent dispatchers
 * share the work through `skip locked`. This is the only writer that does not take the billing customer's lock.
 */
export async function claimDueRuns(sql: Sql, limit: number): Promise<DueRun[]> {
  return sql<DueRun[]>`
    update onboardings o
    set wakes = o.wakes + 1,
      first_wake_at = case when o.wakes = 0 then now() else coalesce(o.first_wake_at, now()) end,
      wake_at = ${postponed(sql, sql`o.wakes`)}
    from (
      select id from onboardings
      where ended_at is null and wake_at < now()
      order by wake_at
      limit ${limit}
      for update skip locked
    ) due, billing_customers b
    where o.id = due.id and b.id = o.billing_customer_id
    returning o.environment, o.organization_id, b.customer_id, o.billing_customer_id, o.id as onboarding_id, o.n,
      o.gateway, o.kind, o.has_short_workflow_id, o.wakes,
      extract(epoch from now() - o.first_wake_at)::float8 as silent_for`
}

/** Reverts a claim that was not delivered because Temporal was unavailable, which says nothing about the run. */
export async function revertClaim(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update onboardings set wakes = greatest(wakes - 1, 0), wake_at = now() + interval '5 seconds'
    where id = ${onboardingId} and ended_at is null`
}

export async function findRun(sql: Sql, onboardingId: string): Promise<RecordedRun | undefined> {
  const [row] = await sql<RecordedRun[]>`
    select o.environment, o.organization_id, b.customer_id, o.billing_customer_id, o.id as onboarding_id, o.n,
      o.gateway, o.kind, o.has_short_workflow_id
    from onboardings o join billing_customers b on b.id = o.billing_customer_id
    where o.id = ${onboardingId}`
  return row
}

/** Makes the run of the live onboarding due, if there is one: a charge that blocked it has changed. */
export async function makeLiveRunDue(sql: Sql, billingCustomerId: string): Promise<void> {
  const [live] = await sql<{ id: string }[]>`
    select id from onboardings where billing_customer_id = ${billingCustomerId} and ended_at is null`
  if (live) await makeRunDue(sql, live.id)
}

/**
 * Makes the run due within 5 seconds. Takes the lock, because a read of the run that began earlier would overwrite
 * `wake_at` with a later time.
 */
export const makeRunDueUnderLock = (
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
): Promise<boolean> => underLock(database, billingCustomerId, (sql) => makeRunDue(sql, onboardingId))
