import type { Logger } from 'pino'
import type { Settings } from '../domain/tenant/settings.ts'
import { finishRemovals } from '../payments/methods/finish-removals.ts'
import type { Gateways } from '../gateways/gateways.ts'
import type { Database } from '../store/database/database.ts'
import { forgetQueues } from '../store/payments/admission-queue.ts'
import { forgetEndedSecrets } from '../store/gateway-accounts/secrets.ts'
import { forgetAddresses, forgetTrips } from '../store/payments/decline-limits.ts'
import { deleteOldAttempts } from '../store/retention/old-attempts.ts'
import { deleteOldEvents } from '../store/retention/old-events.ts'
import { deleteOldGatewayEvents } from '../store/retention/old-gateway-events.ts'
import { deleteOldTries } from '../store/retention/old-tries.ts'
import { forgetBulks } from '../store/bulk/forget.ts'
import { forgetTraces } from '../store/measures/traces.ts'
import { deleteIdleEndpoints, forgetDeliveries, forgetSecrets, skipOfDeleted } from '../store/webhooks/forget.ts'
import { deleteExpiredKeys } from '../store/tenants/idempotency-keys.ts'
import { forgetCounts } from '../store/tenants/rate-limits.ts'

const every = 60_000
/** Milliseconds between two deletions of records that are kept for days. */
const retentionEvery = 86_400_000

export interface HousekeepingSettings {
  settingDefaults: Pick<Settings, 'declineWindow'>
  /** Days. */
  gatewayEventRetention: number
}

/**
 * Periodic cleanup by every worker, safe to run concurrently. Returns a stop function, whose promise resolves when the
 * cleanup under way has ended.
 */
export function startHousekeeping(
  database: Database,
  gateways: Gateways,
  log: Logger,
  settings: HousekeepingSettings,
): () => Promise<unknown> {
  const { declineWindow } = settings.settingDefaults
  const deleteOldRecords = onceIn(retentionEvery, async () => {
    await deleteOldGatewayEvents(database, settings.gatewayEventRetention)
    await deleteOldEvents(database)
    await deleteOldTries(database)
    await deleteOldAttempts(database, declineWindow)
  })
  let underWay: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    const jobs = [...startJobsOfMinutes(database, gateways, declineWindow), deleteOldRecords()]
    underWay = Promise.allSettled([underWay, ...jobs])
    Promise.all(jobs).catch((error: unknown) =>
      log.warn({ code: (error as { code?: string }).code }, 'housekeeping failed; retrying in a minute'),
    )
  }, every)
  return () => {
    clearInterval(timer)
    return underWay
  }
}

const startJobsOfMinutes = (database: Database, gateways: Gateways, declineWindow: number): Promise<unknown>[] => [
  forgetAddresses(database, declineWindow),
  forgetTrips(database),
  forgetQueues(database),
  deleteExpiredKeys(database),
  forgetCounts(database),
  finishRemovals({ database, gateways }),
  forgetBulks(database),
  forgetDeliveries(database),
  skipOfDeleted(database),
  forgetSecrets(database),
  deleteIdleEndpoints(database),
  forgetEndedSecrets(database),
  forgetTraces(database),
]

/** Returns `work`, which then does nothing for `pause` milliseconds after it began, unless it failed. */
function onceIn(pause: number, work: () => Promise<void>): () => Promise<void> {
  let begun = -Infinity
  return async () => {
    const now = performance.now()
    if (now - begun < pause) return
    begun = now
    try {
      await work()
    } catch (error) {
      begun = -Infinity
      throw error
    }
  }
}
