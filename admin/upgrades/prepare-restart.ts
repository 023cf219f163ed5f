import { ScheduleOverlapPolicy, type Client } from '@temporalio/client'
import { bulkOf } from '../../domain/bulk/bulk.ts'
import { chargeOf, contactOf } from '../../domain/onboarding/run.ts'
import { endpointOf } from '../../domain/webhooks/endpoint.ts'
import { makeBulkDue } from '../../store/bulk/wake.ts'
import { makeChargeDue } from '../../store/charges/wake.ts'
import type { Database } from '../../store/database/database.ts'
import { findLiveRuns } from '../../store/onboardings/lost-runs.ts'
import { makeRunDueUnderLock } from '../../store/onboardings/wake.ts'
import { wakeEndpoint } from '../../store/webhooks/health.ts'
import { reconciliationScheduleOf } from '../../worker/schedule-reconcile.ts'

/**
 * Makes what a run works on due in the record, so that a dispatcher of the workers starts a new run for it. Returns a
 * function to call after the run was terminated: a step that ended in between may have postponed it again. Returns a
 * reason instead if no new run would start, so that the run must not be terminated.
 */
export async function prepareRestart(
  database: Database,
  client: Client,
  { workflowId, taskQueue }: { workflowId: string; taskQueue: string },
): Promise<(() => Promise<unknown>) | string> {
  const schedule = reconciliationScheduleOf(taskQueue)
  // The schedule may learn a moment later that the round has ended, and would skip the next one.
  if (workflowId.startsWith(schedule))
    return () => client.schedule.getHandle(schedule).trigger(ScheduleOverlapPolicy.BUFFER_ONE)
  const makeDue = await findDue(database, workflowId)
  if (!makeDue) return 'no new run would start: its work has ended in the record, or its workflow id is not ours'
  await makeDue()
  return makeDue
}

/** Returns a function that makes a run due in the record; undefined if nothing is left to do, or known of it. */
async function findDue(database: Database, workflowId: string): Promise<(() => Promise<unknown>) | undefined> {
  const contact = contactOf(workflowId)
  if (contact) {
    const [live] = await findLiveRuns(database, [contact.customerId], new Set([workflowId]))
    return live && (() => makeRunDueUnderLock(database, live))
  }
  const [chargeId, endpointId, bulkId] = [chargeOf(workflowId), endpointOf(workflowId), bulkOf(workflowId)]
  if (chargeId) return () => makeChargeDue(database, chargeId)
  if (endpointId) return () => wakeEndpoint(database, endpointId)
  if (bulkId && (await makeBulkDue(database, bulkId))) return () => makeBulkDue(database, bulkId)
  return undefined
}
