import type { Settings } from '../domain/tenant/settings.ts'
import type { Gateways } from '../gateways/gateways.ts'
import type { Database } from '../store/database/database.ts'

/** Dependencies of the steps, set up by the worker. */
export interface ActivityDependencies {
  database: Database
  gateways: Gateways
  settingDefaults: Settings
  /** The longest wait before a gateway is retried, in milliseconds. */
  longestRetryPause: number
}
