import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import { chargeOf, contactOf, workflowIdOf, type RunInput } from '../../domain/onboarding/run.ts'
import { endpointOf } from '../../domain/webhooks/endpoint.ts'
import { wakeEndpoint } from '../../store/webhooks/health.ts'
import type { Database } from '../../store/database/database.ts'
import { findLiveRuns, listSleeping, type SleepingPlace } from '../../store/onboardings/lost-runs.ts'
import {
  endpointType,
  moneyStart,
  moneyType,
  onboardingType,
  recordChanged,
  replacementType,
} from '../../workflows/messages.ts'
import { repeatEvery } from '../repeat.ts'
import { temporalReason } from '../../runtime/temporal-errors.ts'
import { makeRunDueUnderLock } from '../../store/onboardings/wake.ts'

interface SweepDependencies {
  database: Database
  client: Client
  taskQueue: string
  log: Logger
}

interface SweepOptions extends SweepDependencies {
  /** Milliseconds between sweeps. */
  every?: number
}

/** Waiting onboardings that one sweep compares with Temporal, in one call. */
export const onboardingsPerSweep = 500
/** Maximum number of closed runs in one sweep. */
const mostEnded = 1_000
/** Overlap of a sweep with the previous one in milliseconds, because Temporal's visibility is eventually consistent. */
const overlap = 60_000
const deadline = 5_000

/**
 * Makes waiting onboardings due whose run no longer exists: terminated, timed out, deleted, or lost with Temporal's
 * database. The run dispatcher then starts them again. A sweep makes two calls to Temporal for any number of
 * onboardings.
 */
export function startLostRunSweep({ every = 20_000, ...d }: SweepOptions): { stop(): Promise<void> } {
  const sweep = createSweep(d)
  return repeatEvery(every, sweep, (error) =>
    d.log.warn({ reason: temporalReason(error) }, 'search for lost runs failed; retrying with the next sweep'),
  )
}

/** Returns a function that makes one sweep and remembers where it stopped. */
export function createSweep(d: SweepDependencies): () => Promise<void> {
  let since = Date.now()
  let handled = new Set<string>()
  let place: SleepingPlace | undefined
  return async () => {
    const begun = Date.now()
    const ended = await listEndedEarly(d, since - overlap)
    await restartEnded(
      d,
      ended.filter(({ runId }) => !handled.has(runId)).map(({ workflowId }) => workflowId),
    )
    handled = new Set(ended.map(({ runId }) => runId))
    since = begun
    place = await compareWaiting(d, place)
  }
}

const quoted = (text: string) => JSON.stringify(text)

/** Lists runs that were terminated or timed out since a time. */
async function listEndedEarly({ client, taskQueue }: SweepDependencies, since: number) {
  const types = [onboardingType, replacementType, moneyType, endpointType].map(quoted).join(', ')
  const query = `TaskQueue = ${quoted(taskQueue)} AND WorkflowType IN (${types})
    AND ExecutionStatus IN ("Terminated", "TimedOut") AND CloseTime > ${quoted(new Date(since).toISOString())}`
  return listRuns(client, query, mostEnded)
}

async function restartEnded(d: SweepDependencies, workflowIds: string[]): Promise<void> {
  const customerIds = workflowIds.map((id) => contactOf(id)?.customerId).filter((id) => id !== undefined)
  await makeDue(d, await findLiveRuns(d.database, customerIds, new Set(workflowIds)))
  for (const endpointId of workflowIds.map(endpointOf).filter((id) => id !== undefined))
    await wakeEndpoint(d.database, endpointId)
  for (const chargeId of workflowIds.map(chargeOf).filter((id) => id !== undefined))
    await d.client.withDeadline(Date.now() + deadline, () =>
      d.client.workflow.signalWithStart(moneyType, {
        ...moneyStart(chargeId, d.taskQueue),
        signal: recordChanged,
        signalArgs: [],
      }),
    )
}

/** Compares a page of waiting onboardings with Temporal's open runs. Returns where the next sweep continues. */
async function compareWaiting(
  d: SweepDependencies,
  after: SleepingPlace | undefined,
): Promise<SleepingPlace | undefined> {
  const sleeping = await listSleeping(d.database, after, onboardingsPerSweep)
  if (sleeping.length === 0) return after && compareWaiting(d, undefined)
  const ids = sleeping.map((run) => quoted(workflowIdOf(run))).join(', ')
  const open = await listRuns(d.client, `CloseTime IS NULL AND WorkflowId IN (${ids})`, onboardingsPerSweep)
  const known = new Set(open.map(({ workflowId }) => workflowId))
  await makeDue(
    d,
    sleeping.filter((run) => !known.has(workflowIdOf(run))),
  )
  return sleeping.length === onboardingsPerSweep ? sleeping.at(-1) : undefined
}

async function makeDue({ database, log }: SweepDependencies, runs: RunInput[]): Promise<void> {
  for (const run of runs) {
    if (await makeRunDueUnderLock(database, run))
      log.warn({ onboarding: run.onboardingId }, 'the run of an onboarding no longer exists; starting it again')
  }
}

/** Lists runs in one call; a page has at most 1,000. */
async function listRuns(client: Client, query: string, most: number) {
  const { namespace } = client.options
  const { executions } = await client.withDeadline(Date.now() + deadline, () =>
    client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: most }),
  )
  return (executions ?? []).map(({ execution }) => ({
    workflowId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
  }))
}
