import { createActivities } from '../../../activities/index.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import { refuseUndocumentedEvents } from '../events/stored-events.ts'
import { refuseLeaks } from '../histories.ts'
import { startApi } from './api.ts'
import { callersOf } from './callers.ts'
import { gatewaysAt, type VendorUrls } from './gateways.ts'
import type { WorldOptions } from './options.ts'
import { openParts } from './parts.ts'
import { payPalOf, refuseViolations } from './paypal.ts'
import { recordOf } from './record.ts'
import { stripeOf } from './stripe.ts'
import { workerOf } from './worker.ts'

export type { Answer } from '../answer.ts'
export type { WorldOptions } from './options.ts'
export type World = Awaited<ReturnType<typeof createWorld>>

/** Creates the world of a test file: a database, simulators, an API, and a worker on its own task queue. */
export async function createWorld(options: WorldOptions = {}) {
  const closers: (() => unknown)[] = []
  const later = (close: () => unknown) => void closers.unshift(close)
  const parts = await openParts(options, later)
  const { sql: database, settingDefaults, simulator, paypal } = parts
  const longestRetryPause = options.longestRetryPause ?? 2_000
  const links = { api: 'https://pay.example', simulated: [] }
  const dependenciesWith = (gateways: Gateways) => ({ database, gateways, settingDefaults, longestRetryPause, links })
  const activitiesWith = (gateways: Gateways) => createActivities(dependenciesWith(gateways))
  const gateways = gatewaysAt(parts, options, { stripe: simulator.url, paypal: paypal?.url })
  const apiUrl = await startApi(parts, gateways, options, later)
  const worker = workerOf(parts, activitiesWith(gateways), gateways, { lostRunsEvery: options.lostRunsEvery })
  const callers = callersOf(parts, apiUrl, options)
  if (options.worker !== false) await worker.startWorker()
  return {
    ...parts,
    apiUrl,
    gateways,
    gatewaysAt: (urls: VendorUrls) => gatewaysAt(parts, options, urls),
    dependencies: dependenciesWith(gateways),
    activities: activitiesWith(gateways),
    activitiesWith,
    ...worker,
    ...callers,
    ...stripeOf(simulator),
    ...payPalOf(parts, callers),
    ...recordOf(parts, callers),
    /** Ends the world. Throws if a history contains a secret or personal data, or an event is undocumented. */
    async close(): Promise<void> {
      try {
        await refuseLeaks(parts)
        await refuseUndocumentedEvents(parts.sql)
        await refuseViolations(paypal)
      } finally {
        await worker.stopWorker()
        for (const close of closers) await close()
      }
    },
  }
}
