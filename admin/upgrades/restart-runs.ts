import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { createPace } from '../../domain/bulk/pace.ts'
import type { Database } from '../../store/database/database.ts'
import { isOpen, listRuns, type ListedRun } from './list-runs.ts'
import { prepareRestart } from './prepare-restart.ts'
import { replayRuns } from './replay-runs.ts'

export interface RestartOptions {
  taskQueue: string
  /** `incompatible`: runs that this build cannot replay. `all`: all that started before a time. */
  only: 'incompatible' | 'all'
  startedBefore: Date
  /** Restarts per second. */
  rate: number
  bundle?: string | undefined
  onProgress?: (restarted: number) => void
}

export interface Restarted {
  restarted: number
  /** Runs that this build continues. */
  compatible: number
  /** Runs that keep the build to which they are pinned. */
  pinned: number
  /** Workflow ids that were left as they are, with the reason. */
  left: Record<string, string>
}

/**
 * Terminates live runs, so that new ones begin from the record on the current workers. Makes each one due in the record
 * before: the run dispatcher starts it, also if this command is killed in between. It can be repeated at any time.
 */
export async function restartRuns(database: Database, client: Client, options: RestartOptions): Promise<Restarted> {
  const pace = createPace(() => performance.now())
  const result: Restarted = { restarted: 0, compatible: 0, pinned: 0, left: {} }
  for await (const run of runsToRestart(client, options, result)) {
    await sleep(pace(options.rate))
    const startAgain = await prepareRestart(database, client, { ...run, taskQueue: options.taskQueue })
    if (typeof startAgain === 'string') {
      result.left[run.workflowId] = startAgain
      continue
    }
    if (!(await terminated(client, run))) continue
    await startAgain()
    options.onProgress?.(++result.restarted)
  }
  return result
}

async function* runsToRestart(client: Client, options: RestartOptions, result: Restarted): AsyncGenerator<ListedRun> {
  const { taskQueue, startedBefore, only, bundle } = options
  async function* live() {
    const before = `StartTime < "${startedBefore.toISOString()}"`
    for await (const run of listRuns(client, taskQueue, `${isOpen} AND ${before}`)) {
      if (run.pinnedTo === undefined || only === 'all') yield run
      else result.pinned++
    }
  }
  if (only === 'all') return yield* live()
  for await (const { run, cause } of replayRuns(client, live(), bundle)) {
    if (cause === undefined) result.compatible++
    else yield run
  }
}

/** Terminates a run, or the open one with a workflow id. Returns false if it has closed. */
export async function terminated(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId?: string },
): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate('restart-runs')
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
