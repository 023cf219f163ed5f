import type { LinkBases } from '../domain/onboarding/run-notes.ts'
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
  /** Where the links in Temporal UI lead. The default is no links. */
  links?: LinkBases
}
