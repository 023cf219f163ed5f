import type { Settings } from '../domain/tenant/settings.ts'
import type { Gateways } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'

/** What the steps work with; the worker wires it. */
export interface ActivityDependencies {
  database: Database
  gateways: Gateways
  settingDefaults: Settings
  /** The longest pause before a gateway is tried again, in milliseconds. */
  longestRetryPause: number
}
