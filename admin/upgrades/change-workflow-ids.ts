import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { createPace } from '../../domain/bulk/pace.ts'
import { Failure } from '../../domain/failure/failures.ts'
import { contactOf, isShortWorkflowId, workflowIdOf, type RecordedRun } from '../../domain/onboarding/run.ts'
import type { Database } from '../../store/database/database.ts'
import { listLiveRuns } from '../../store/onboardings/lost-runs.ts'
import { makeRunDueUnderLock } from '../../store/onboardings/wake.ts'
import { changeWorkflowId, listOtherRuns, setWorkflowIds } from '../../store/onboardings/workflow-ids.ts'
import { onboardingType, replacementType, workflowTypeOf } from '../../workflows/messages.ts'
import { isOpen, listRuns } from './list-runs.ts'
import { terminated } from './restart-runs.ts'

export interface ChangeOptions {
  taskQueue: string
  areShort: boolean
  /** Restarts per second. */
  rate: number
  onProgress?: (restarted: number) => void
}

export interface ChangedIds {
  /** Onboardings and replacements whose run begins anew under its other workflow id. */
  restarted: number
  /** Runs that had given way to such a one already, and were still open: the command was interrupted before. */
  ended: number
}

/**
 * Begins new runs under short workflow ids, or long ones, and moves the live ones: the record gives the onboarding to
 * the run with the other id, then the run that had it is terminated, and the run dispatcher starts the new one. If this
 * is killed in between, the earlier run does nothing at its next step. It can be repeated at any time.
 */
export async function changeWorkflowIds(
  database: Database,
  client: Client,
  { taskQueue, areShort, rate, onProgress }: ChangeOptions,
): Promise<ChangedIds> {
  if (areShort) await refuseEarlierWorkers(client, taskQueue)
  await setWorkflowIds(database, areShort)
  const pace = createPace(() => performance.now())
  const result = { restarted: 0, ended: 0 }
  for await (const run of runsToMove(database, areShort)) {
    await sleep(pace(rate))
    const hasStarted = await changeWorkflowId(database, run, areShort)
    if (hasStarted === undefined) continue
    await terminated(client, { workflowId: workflowIdOf(run) })
    // A step that ended in between may have postponed it. Those of a bulk onboarding start later, one by one.
    if (hasStarted) await makeRunDueUnderLock(database, run)
    onProgress?.(++result.restarted)
  }
  result.ended = await endOthers(database, client, { taskQueue, areShort })
  return result
}

const pageSize = 500

async function* runsToMove(database: Database, areShort: boolean): AsyncGenerator<RecordedRun> {
  for (let after = ''; ;) {
    const page = await listOtherRuns(database, areShort, after, pageSize)
    yield* page
    if (page.length < pageSize) return
    after = page.at(-1)!.billingCustomerId
  }
}

/** Terminates open runs whose onboarding has a run with the other id. */
async function endOthers(
  database: Database,
  client: Client,
  { taskQueue, areShort }: Pick<ChangeOptions, 'taskQueue' | 'areShort'>,
): Promise<number> {
  const query = `${isOpen} AND WorkflowType IN ("${onboardingType}", "${replacementType}")`
  let ended = 0
  for await (const run of listRuns(client, taskQueue, query)) {
    const contact = contactOf(run.workflowId)
    if (!contact || isShortWorkflowId(run.workflowId) === areShort) continue
    const live = await listLiveRuns(database, [contact.customerId])
    // The run of an ended onboarding may still remove unused cards.
    const isReplaced = live.some((other) => workflowTypeOf(other) === run.type && other.hasShortWorkflowId === areShort)
    if (isReplaced && (await terminated(client, run))) ended++
  }
  return ended
}

/** Workers since version 0.3.0 have an identity of this form. Temporal names those of the last 5 minutes. */
const knowsBoth = /^worker\//

/** Throws a Failure if a worker polls that would end runs with short ids, as copies. */
async function refuseEarlierWorkers(client: Client, taskQueue: string): Promise<void> {
  const { namespace } = client.options
  for (const taskQueueType of [1, 2]) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType,
    })
    const earlier = pollers?.find(({ identity }) => !knowsBoth.test(identity ?? ''))
    if (earlier)
      throw new Failure(
        'invalid_request',
        `the worker ${earlier.identity} of version 0.2.0 or earlier polled the task queue ${taskQueue} in the last ` +
          '5 minutes, and does not know short workflow ids: replace it, wait 5 minutes, and repeat the command',
        { param: '--workflow-ids' },
      )
  }
}
