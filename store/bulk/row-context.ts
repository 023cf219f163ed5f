import type { GatewayName } from '../../domain/lifecycle.ts'
import type { TenantSettings } from '../../domain/tenant/settings.ts'
import type { Bulk } from './bulks.ts'

/** What applies to every row of a bulk onboarding. */
export interface RowContext {
  bulk: Bulk
  settings: TenantSettings
  /** The gateways that the organization's customers can pay with. */
  offered: readonly GatewayName[]
  /** The organization's currency, ISO 4217. */
  currency: string
  /** Whether the payment method of the row is saved to a customer at the gateway. */
  methodIsSaved?: boolean
  /** Returns when the run of a row's onboarding starts. */
  startOf(row: number): Date
}
