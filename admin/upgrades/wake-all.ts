import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { Client } from '@temporalio/client'
import { createPace } from '../../domain/bulk/pace.ts'
import type { WorkerVersion } from '../../runtime/temporal.ts'
import {
  bulkType,
  endpointType,
  moneyType,
  onboardingType,
  recordChanged,
  replacementType,
} from '../../workflows/messages.ts'
import { isOpen, listRuns, type ListedRun } from './list-runs.ts'

export interface WakeOptions {
  taskQueue: string
  /** Runs per second. */
  rate: number
  /** The version to which runs move. Those that are there already are not woken. */
  version?: WorkerVersion | undefined
  /** Called after each run with the number so far. */
  onProgress?: (woken: number) => void
}

/** Rounds of reconciliation do not wait. */
const types = [onboardingType, replacementType, moneyType, endpointType, bulkType].map((type) => `"${type}"`).join(', ')

/** Signals in flight: with one at a time, the time that each takes would be the limit, instead of `rate`. */
const atOnce = 32

/** Wakes the live runs of a task queue: each reads its record. It can be interrupted and repeated at any time. */
export async function wakeAll(client: Client, options: WakeOptions): Promise<{ woken: number; already_there: number }> {
  const { taskQueue, rate, version, onProgress } = options
  const target = version && `${version.deploymentName}:${version.buildId}`
  const pace = createPace(() => performance.now())
  const sending = new Set<Promise<void>>()
  let [woken, there] = [0, 0]
  const wake = async (run: ListedRun) => {
    try {
      await client.workflow.getHandle(run.workflowId, run.runId).signal(recordChanged)
      woken++
      onProgress?.(woken)
    } catch (error) {
      // It ended, or continued as new, in the meantime.
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  for await (const run of listRuns(client, taskQueue, `${isOpen} AND WorkflowType IN (${types})`)) {
    if (target !== undefined && run.pinnedTo === target) {
      there++
      continue
    }
    await sleep(pace(rate))
    const sent = wake(run)
    sending.add(sent)
    // Those that failed stay, for the next `race` or `all` to throw.
    void sent.then(
      () => sending.delete(sent),
      () => {},
    )
    if (sending.size >= atOnce) await Promise.race(sending)
  }
  await Promise.all(sending)
  return { woken, already_there: there }
}
