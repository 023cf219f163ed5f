import { inject } from 'vitest'
import type { Activities } from '../../../activities/index.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import { createWorker } from '../../../worker/run-worker.ts'
import { startBulkDispatcher, startChargeDispatcher } from '../../../worker/recovery/due-runs.ts'
import { startLostRunSweep } from '../../../worker/recovery/lost-runs.ts'
import { startMethodReleases } from '../../../worker/recovery/method-releases.ts'
import { startRunDispatcher } from '../../../worker/recovery/run-dispatcher.ts'
import type { Parts } from './parts.ts'

/** A worker and its run dispatcher, which a test may stop and start. */
export function workerOf(
  { sql: database, client, native, taskQueue, log, settingDefaults }: Parts,
  activities: Activities,
  gateways: Gateways,
) {
  let stop = async () => {}
  return {
    async startWorker(): Promise<void> {
      const bundle = inject('bundlePath')
      const worker = await createWorker({ connection: native, namespace: 'default', taskQueue, activities, bundle })
      const run = worker.run()
      const dispatcher = startRunDispatcher({ database, client, taskQueue, log, every: 200 })
      const sweep = startLostRunSweep({ database, client, taskQueue, log })
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
      stop = async () => {
        await Promise.all([dispatcher, sweep, bulkDispatcher, chargeDispatcher, releases].map((each) => each.stop()))
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
