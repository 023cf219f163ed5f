import { workflowIdOf, type RecordedRun } from '../../domain/onboarding/run.ts'
import type { Sql } from '../database/database.ts'

// Live onboardings whose run may be lost: the worker's sweep looks these runs up in Temporal
// (worker/recovery/lost-runs.ts).

/** A position in the order of `listSleeping`. `wakeAt` is PostgreSQL's text, because a Date loses the microseconds. */
export interface SleepingPlace {
  wakeAt: string
  onboardingId: string
}

/** The columns of a run, from an onboarding `o` and its billing customer `b`. */
export const runColumns = (sql: Sql) => sql`
  o.environment, o.organization_id, b.customer_id, o.billing_customer_id, o.id as onboarding_id, o.n, o.gateway, o.kind,
  o.has_short_workflow_id`

/**
 * Returns a page of the live onboardings whose run has started and sleeps for more than a minute, soonest timer first.
 * The run dispatcher handles the others. `after` is the last row of the previous page. Scans the index of `wake_at`.
 */
export async function listSleeping(
  sql: Sql,
  after: SleepingPlace | undefined,
  limit: number,
): Promise<(RecordedRun & SleepingPlace)[]> {
  // Cast from text, because the driver converts a timestamptz parameter to a Date.
  const place = after ? sql`and (o.wake_at, o.id) > (${after.wakeAt}::text::timestamptz, ${after.onboardingId})` : sql``
  return sql<(RecordedRun & SleepingPlace)[]>`
    select ${runColumns(sql)}, o.wake_at::text as wake_at
    from onboardings o join billing_customers b on b.id = o.billing_customer_id
    where o.ended_at is null and o.started_at is not null and o.wakes = 0
      and o.wake_at > now() + interval '1 minute' ${place}
    order by o.wake_at, o.id
    limit ${limit}`
}

/** Returns the live onboardings and replacements of these customers whose runs have one of these workflow IDs. */
export async function findLiveRuns(sql: Sql, customerIds: string[], workflowIds: Set<string>): Promise<RecordedRun[]> {
  const runs = customerIds.length === 0 ? [] : await listLiveRuns(sql, customerIds)
  return runs.filter((run) => workflowIds.has(workflowIdOf(run)))
}

/** Returns the runs of all live onboardings and replacements of these customers. */
export const listLiveRuns = (sql: Sql, customerIds: string[]): Promise<RecordedRun[]> => sql<RecordedRun[]>`
    select ${runColumns(sql)}
    from customers c
    join billing_customers b
      on b.environment = c.environment and b.organization_id = c.organization_id and b.customer_id = c.id
    join onboardings o on o.billing_customer_id = b.id and o.ended_at is null
    where c.id = any(${customerIds})`
