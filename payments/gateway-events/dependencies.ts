import type { RunInput } from '../../domain/onboarding/run.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { Gateways } from '../../gateways/gateways.ts'
import type { Database } from '../../store/database/database.ts'

/** What processing the events of gateways needs, for the API and the worker. */
export interface EventDependencies {
  database: Database
  gateways: Gateways
  settingDefaults: Settings
  runs: {
    /** Wakes a run that is due. May be lost: the run dispatcher wakes it as well. */
    signal(run: RunInput, name: 'recordChanged'): void
    /** Starts the run that settles a charge of an ended onboarding. Throws if Temporal is not reachable. */
    settleCharge(chargeId: string): Promise<void>
  }
  log: { info(fields: object, message: string): void }
  /** Called after the status of a gateway account has changed. */
  afterAccountChange(): void
}
