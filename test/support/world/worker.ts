import { inject } from 'vitest'
import type { Activities } from '../../../activities/index.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import { createWorker } from '../../../worker/run-worker.ts'
import { startBulkDispatcher, startChargeDispatcher } from '../../../worker/recovery/due-runs.ts'
import { startLostRunSweep } from '../../../worker/recovery/lost-runs.ts'
import { startErasures } from '../../../worker/recovery/erasures.ts'
import { startMethodReleases } from '../../../worker/recovery/method-releases.ts'
import { startRunDispatcher } from '../../../worker/recovery/run-dispatcher.ts'
import type { WorkerVersion } from '../../../runtime/temporal.ts'
import '../servers/workflow-threads.ts'
import type { Parts } from './parts.ts'

/** Another build of the worker. */
export interface Build {
  version?: WorkerVersion
  /** A file with its workflow code. The default is the code of this release. */
  bundle?: string
  /** Milliseconds between two searches for lost runs. Default: that of the worker. */
  lostRunsEvery?: number | undefined
}

/** Milliseconds: tests stop workers, and what they have in memory is soon taken over by the next one. */
const stickyTimeout = 1_000

/** A worker and its run dispatcher, which a test may stop and start. */
export function workerOf(
  {
    sql: database,
    client,
    native,
    taskQueue,
    log,
    settingDefaults,
  }: Pick<Parts, 'sql' | 'client' | 'native' | 'taskQueue' | 'log' | 'settingDefaults'>,
  activities: Activities,
  gateways: Gateways,
  { version, bundle = inject('bundlePath'), lostRunsEvery: every }: Build = {},
) {
  let stop = async () => {}
  return {
    async startWorker(): Promise<void> {
      const own = { activities, bundle, version, stickyTimeout }
      const worker = await createWorker({ connection: native, namespace: 'default', taskQueue, ...own })
      const run = worker.run()
      const dispatcher = startRunDispatcher({ database, client, taskQueue, log, every: 200 })
      const sweep = startLostRunSweep({ database, client, taskQueue, log, ...(every ? { every } : {}) })
      const bulkDispatcher = startBulkDispatcher({ database, client, taskQueue, log, every: 200 })
      const chargeDispatcher = startChargeDispatcher({ database, client, taskQueue, log, every: 200 })
      const releases = startMethodReleases({
        database,
        gateways,
        settingDefaults,
        longestRetryPause: 0,
        log,
        every: 200,
      })
      const erasures = startErasures({ database, gateways, client, settingDefaults, log, every: 200 })
      stop = async () => {
        await Promise.all(
          [dispatcher, sweep, bulkDispatcher, chargeDispatcher, releases, erasures].map((each) => each.stop()),
        )
        worker.shutdown()
        await run
      }
    },
    async stopWorker(): Promise<void> {
      const running = stop
      stop = async () => {}
      await running()
    },
  }
}
