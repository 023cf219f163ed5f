import type { Gateways } from '../../gateways/gateways.ts'
import type { Database } from '../../store/database/database.ts'
import type { AccountSealing } from '../../store/gateway-accounts/account-sealing.ts'

/** What connecting and changing gateway accounts needs, for the API and the operator commands. */
export interface AccountDependencies {
  database: Database
  gateways: Pick<Gateways, 'of' | 'listOfInstallation' | 'withKeys'>
  accountSealing: AccountSealing
  /** The start of the addresses of webhooks, such as `https://pay.example.com`. */
  publicUrl: string
}
