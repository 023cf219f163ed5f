import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Payer } from '../../domain/tenant/gateway-accounts.ts'
import type { TenantSettings } from '../../domain/tenant/settings.ts'
import type { Gateways } from '../../gateways/gateways.ts'

/** A tenant with the settings that say which gateways its customers can pay with. */
export interface PayerWithGateways extends Payer {
  settings: TenantSettings
}

/** Returns the gateways that customers of an organization can pay with, in the order of its setting. */
export const offeredGateways = (gateways: Pick<Gateways, 'has'>, payer: PayerWithGateways): GatewayName[] =>
  payer.settings.gateways.filter((name) => gateways.has(payer, name))
