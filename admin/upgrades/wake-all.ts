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
import { isOpen, listRuns } from './list-runs.ts'

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

/** Wakes the live runs of a task queue: each reads its record. It can be interrupted and repeated at any time. */
export async function wakeAll(client: Client, options: WakeOptions): Promise<{ woken: number; already_there: number }> {
  const { taskQueue, rate, version, onProgress } = options
  const target = version && `${version.deploymentName}:${version.buildId}`
  const pace = createPace(() => performance.now())
  let [woken, there] = [0, 0]
  for await (const run of listRuns(client, taskQueue, `${isOpen} AND WorkflowType IN (${types})`)) {
    if (target !== undefined && run.pinnedTo === target) {
      there++
      continue
    }
    await sleep(pace(rate))
    try {
      await client.workflow.getHandle(run.workflowId, run.runId).signal(recordChanged)
      onProgress?.(++woken)
    } catch (error) {
      // It ended, or continued as new, in the meantime.
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  return { woken, already_there: there }
}
