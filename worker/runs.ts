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
import { startErasures } from './recovery/erasures.ts'
import { startEventLists } from './recovery/event-lists.ts'
import { startMethodReleases } from './recovery/method-releases.ts'
import { startRunDispatcher } from './recovery/run-dispatcher.ts'
import { createWorker } from './run-worker.ts'
import { noteReconciliation } from './schedule-note.ts'
import { reconciliationScheduleOf, scheduleReconciliation } from './schedule-reconcile.ts'

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
  config: Pick<
    Config,
    'settingDefaults' | 'longestRetryPause' | 'taskQueue' | 'workflowBundle' | 'workerVersion' | 'links'
  >
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
  const { settingDefaults, longestRetryPause, taskQueue, workflowBundle: bundle, workerVersion: version } = config
  const activities = createActivities({ ...rest, settingDefaults, longestRetryPause, links: config.links })
  const worker = await createWorker({ connection, namespace, taskQueue, activities, bundle, version })
  await scheduleReconciliation(client, taskQueue)
    .then(() => noteReconciliation(client, reconciliationScheduleOf(taskQueue)))
    .catch((error: unknown) =>
      log.error({ reason: temporalReason(error) }, 'the reconciliation schedule could not be created'),
    )
  const runs = { database: rest.database, client, taskQueue, log }
  const loops = [
    startRunDispatcher(runs),
    startLostRunSweep(runs),
    startBulkDispatcher(runs),
    startChargeDispatcher(runs),
    startMethodReleases({ ...rest, settingDefaults, longestRetryPause, log }),
    startErasures({ ...rest, client, settingDefaults, log }),
    startEventLists({ ...rest, client, taskQueue, settingDefaults, log }),
  ]
  const finished = worker.run().then(async () => {
    await Promise.all(loops.map((loop) => loop.stop()))
  })
  return { shutdown: () => worker.shutdown(), isRunning: () => worker.getState() === 'RUNNING', finished }
}
