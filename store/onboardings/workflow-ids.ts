import type { RecordedRun } from '../../domain/onboarding/run.ts'
import { underLock } from '../database/lock.ts'
import type { Database, Sql } from '../database/database.ts'
import { runColumns } from './lost-runs.ts'
import { makeRunDue } from './wake.ts'

// Which of the two workflow ids of a contact a run has (docs/decisions/0064-short-workflow-ids.md).

/** A condition: the runs of new onboardings have the short id. */
export const areWorkflowIdsShort = (sql: Sql) => sql`exists (select from workflow_ids where are_short)`

/** Decides which id the runs of new onboardings have. Live ones keep theirs. */
export async function setWorkflowIds(sql: Sql, areShort: boolean): Promise<void> {
  await sql`
    insert into workflow_ids (are_short) values (${areShort})
    on conflict (is_only) do update set are_short = excluded.are_short`
}

/** Returns a page of the live onboardings whose run has the other id than is wanted, by billing customer. */
export async function listOtherRuns(sql: Sql, areShort: boolean, after: string, limit: number): Promise<RecordedRun[]> {
  return sql<RecordedRun[]>`
    select ${runColumns(sql)}
    from onboardings o join billing_customers b on b.id = o.billing_customer_id
    where o.ended_at is null and o.has_short_workflow_id <> ${areShort} and o.billing_customer_id > ${after}
    order by o.billing_customer_id
    limit ${limit}`
}

/**
 * Gives the run of a live onboarding the other workflow id, and makes it due if it has started. From then on a run with
 * the previous id does nothing: each of its reads takes the same lock. Returns whether it has started; undefined if the
 * onboarding has ended.
 */
export const changeWorkflowId = (
  database: Database,
  { billingCustomerId, onboardingId }: RecordedRun,
  isShort: boolean,
): Promise<boolean | undefined> =>
  underLock(database, billingCustomerId, async (sql) => {
    const [row] = await sql<{ hasStarted: boolean }[]>`
      update onboardings set has_short_workflow_id = ${isShort} where id = ${onboardingId} and ended_at is null
      returning started_at is not null as has_started`
    if (row?.hasStarted) await makeRunDue(sql, onboardingId)
    return row?.hasStarted
  })
