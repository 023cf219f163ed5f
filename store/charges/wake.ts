import type { Sql } from '../database/database.ts'
import { postponed } from '../database/postponed.ts'
import { isRefunding } from './refund-rows.ts'

// `charges.wake_at` is the time by which the run `money/{charge}` must look at a charge with a pending refund.

/** Makes a charge due within 5 seconds, in the transaction that writes its refund. */
export async function makeChargeDue(sql: Sql, chargeId: string): Promise<void> {
  await sql`update charges set wake_at = now() + interval '5 seconds', wakes = 0 where id = ${chargeId}`
}

/** Records that the run of a charge looks at it now, for `atMost` milliseconds. */
export async function beginLook(sql: Sql, chargeId: string, atMost: number): Promise<void> {
  await sql`
    update charges set wakes = 0, wake_at = now() + ${atMost + 60_000} * interval '1 millisecond'
    where id = ${chargeId}`
}

/**
 * Records that the run of a charge looks again in `inMilliseconds`, plus a minute; never if no refund of it is pending.
 * A refund that was requested during the look stays due.
 */
export async function planNextLook(sql: Sql, chargeId: string, inMilliseconds: number): Promise<void> {
  await sql`
    update charges c set wakes = 0, wake_at = case when ${isRefunding(sql)}
      then now() + ${inMilliseconds + 60_000} * interval '1 millisecond' end
    where c.id = ${chargeId} and not (${isRefunding(sql)} and c.wake_at < now() + interval '30 seconds')`
}

/**
 * Claims charges whose run did not look in time, and postpones each by 15 seconds, doubling up to 10 minutes.
 * Concurrent workers share the work through `skip locked`.
 */
export async function claimDueCharges(sql: Sql, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    update charges c set wakes = c.wakes + 1, wake_at = ${postponed(sql, sql`c.wakes`)}
    from (select id from charges where wake_at < now() order by wake_at limit ${limit} for update skip locked) due
    where c.id = due.id
    returning c.id`
  return rows.map(({ id }) => id)
}
