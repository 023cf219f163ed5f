import type { Logger } from 'pino'
import type { Settings } from '../domain/tenant/settings.ts'
import { finishRemovals } from '../payments/methods/finish-removals.ts'
import type { Gateways } from '../gateways/gateways.ts'
import type { Database } from '../store/database/database.ts'
import { forgetQueues } from '../store/payments/admission-queue.ts'
import { forgetEndedSecrets } from '../store/gateway-accounts/secrets.ts'
import { forgetAddresses, forgetTrips } from '../store/payments/decline-limits.ts'
import { forgetBulks } from '../store/bulk/forget.ts'
import { deleteIdleEndpoints, forgetDeliveries, forgetSecrets, skipOfDeleted } from '../store/webhooks/forget.ts'
import { deleteExpiredKeys } from '../store/tenants/idempotency-keys.ts'
import { forgetCounts } from '../store/tenants/rate-limits.ts'

const every = 60_000

/** Periodic cleanup by every worker, safe to run concurrently. Returns a stop function. */
export function startHousekeeping(
  database: Database,
  gateways: Gateways,
  log: Logger,
  { declineWindow }: Settings,
): () => void {
  const timer = setInterval(() => {
    Promise.all([
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
    ]).catch((error: unknown) =>
      log.warn({ code: (error as { code?: string }).code }, 'housekeeping failed; retrying in a minute'),
    )
  }, every)
  return () => clearInterval(timer)
}
