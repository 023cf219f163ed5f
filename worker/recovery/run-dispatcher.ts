import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { Database } from '../../store/database/database.ts'
import { claimDueRuns, revertClaim, type DueRun } from '../../store/onboardings/wake.ts'
import { onboardingStart, recordChanged, workflowTypeOf } from '../../workflows/messages.ts'
import { temporalReason } from '../../runtime/temporal-errors.ts'
import { starterPushed } from '../../metrics/runs.ts'
import { reportStalledRun } from '../../store/onboardings/operator-tasks.ts'

export interface RunDispatcher {
  stop(): Promise<void>
}

interface DispatcherDependencies {
  database: Database
  client: Client
  taskQueue: string
  log: Logger
  /** Milliseconds between polls. */
  every?: number
}

const batch = 50
const deadline = 2_000
/** A run that made no progress after this many signals over this many seconds is reported to an operator. */
const stalled = { wakes: 10, seconds: 600 }

/**
 * Starts or signals runs whose start or signal was lost: Temporal was unavailable, a process died between two
 * statements, a run was terminated or its history lost. In each case `wake_at` of the row has passed.
 */
export function startRunDispatcher(dependencies: DispatcherDependencies): RunDispatcher {
  const { log, every = 1_000 } = dependencies
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  const wait = () =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, every)
      skipWait = resolve
    })
  let skipWait = () => {}
  const loop = (async () => {
    while (!stopping) {
      const full = await dispatchDueRuns(dependencies).catch((error: unknown) => {
        log.warn({ code: (error as { code?: string }).code }, 'due runs could not be read; retrying')
        return false
      })
      if (!full && !stopping) await wait()
    }
  })()
  return {
    async stop() {
      stopping = true
      clearTimeout(timer)
      skipWait()
      await loop
    },
  }
}

/** Returns whether more runs may be due now. */
async function dispatchDueRuns(dependencies: DispatcherDependencies): Promise<boolean> {
  const due = await claimDueRuns(dependencies.database, batch)
  const sent = await Promise.all(due.map((run) => dispatch(dependencies, run)))
  return due.length === batch && sent.every(Boolean)
}

async function dispatch({ database, client, taskQueue, log }: DispatcherDependencies, run: DueRun): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + deadline, () =>
      client.workflow.signalWithStart(workflowTypeOf(run), {
        ...onboardingStart(run, taskQueue),
        signal: recordChanged,
        signalArgs: [],
      }),
    )
    starterPushed('sent')
  } catch (error) {
    starterPushed('failed')
    log.warn(
      {
        onboarding: run.onboardingId,
        error: error instanceof Error ? error.name : 'error',
        reason: temporalReason(error),
      },
      'a run could not be started or signaled',
    )
    await revertClaim(database, run.onboardingId)
    return false
  }
  if (run.wakes >= stalled.wakes && run.silentFor >= stalled.seconds) await reportStalledRun(database, run)
  return true
}
