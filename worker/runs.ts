import type { Client } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import type { Logger } from 'pino'
import { createActivities } from '../activities/index.ts'
import type { Gateways } from '../gateways/gateways.ts'
import type { Config } from '../runtime/config.ts'
import { temporalReason } from '../runtime/temporal-errors.ts'
import type { Database } from '../store/database/database.ts'
import { startBulkDispatcher, startChargeDispatcher } from './recovery/due-runs.ts'
import { startLostRunSweep } from './recovery/lost-runs.ts'
import { startMethodReleases } from './recovery/method-releases.ts'
import { startRunDispatcher } from './recovery/run-dispatcher.ts'
import { createWorker } from './run-worker.ts'
import { scheduleReconciliation } from './schedule-reconcile.ts'

/** A part of the worker's work. */
export interface WorkerPart {
  /** Begins to stop: accepts no new work. */
  shutdown(): void
  /** Whether it accepts work. */
  isRunning(): boolean
  /** Resolves once everything has stopped; rejects if the part cannot continue. */
  finished: Promise<void>
}

interface RunOptions {
  config: Pick<Config, 'settingDefaults' | 'longestRetryPause' | 'taskQueue' | 'workflowBundle'>
  connection: NativeConnection
  namespace: string
  client: Client
  log: Logger
  database: Database
  gateways: Gateways
}

/** Executes runs, and starts those whose start or signal was lost. */
export async function startRuns({
  config,
  connection,
  namespace,
  client,
  log,
  ...rest
}: RunOptions): Promise<WorkerPart> {
  const { settingDefaults, longestRetryPause, taskQueue, workflowBundle: bundle } = config
  const activities = createActivities({ ...rest, settingDefaults, longestRetryPause })
  const worker = await createWorker({ connection, namespace, taskQueue, activities, bundle })
  await scheduleReconciliation(client, taskQueue).catch((error: unknown) =>
    log.error({ reason: temporalReason(error) }, 'the reconciliation schedule could not be created'),
  )
  const runs = { database: rest.database, client, taskQueue, log }
  const loops = [
    startRunDispatcher(runs),
    startLostRunSweep(runs),
    startBulkDispatcher(runs),
    startChargeDispatcher(runs),
    startMethodReleases({ ...rest, settingDefaults, longestRetryPause, log }),
  ]
  const finished = worker.run().then(async () => {
    await Promise.all(loops.map((loop) => loop.stop()))
  })
  return { shutdown: () => worker.shutdown(), isRunning: () => worker.getState() === 'RUNNING', finished }
}
