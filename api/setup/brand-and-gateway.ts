import { conflict, invalid, notFound } from '../../domain/failure/failures.ts'
import { usualGateway, type GatewayName } from '../../domain/lifecycle.ts'
import { offeredGateways, type PayerWithGateways } from '../../payments/customers/offered-gateways.ts'
import { findNamedBrand, type Brand } from '../../store/tenants/brands.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** Returns a brand of the caller's organization and environment. Throws `not_found`. */
export async function requireBrand(d: ApiDependencies, caller: Caller, idOrNumber: string): Promise<Brand> {
  const brand = await findNamedBrand(d.database, caller, idOrNumber)
  if (!brand) throw notFound('Brand', 'brand_id')
  return brand
}

/** Rejects a gateway that customers of this organization cannot pay with. */
export function checkGateway(d: ApiDependencies, caller: Caller, gateway: GatewayName | undefined): void {
  if (!gateway) return
  if (!d.gateways.has(caller, gateway) || !caller.settings.gateways.includes(gateway))
    throw invalid('gateway', `${gateway} is not set up for this organization`)
}

/**
 * Returns the first gateway that customers of an organization can pay with. Throws `conflict` if there is none: no link
 * is returned for a page on which nobody can pay.
 */
export function requireAnyGateway(d: Pick<ApiDependencies, 'gateways'>, payer: PayerWithGateways): GatewayName {
  const [found] = offeredGateways(d.gateways, payer)
  if (!found) throw conflict('gateway_missing', 'gateway', whyNone(payer))
  return found
}

/** Returns the gateway of a call that names none. */
export const usualGatewayOf = (d: ApiDependencies, caller: Caller): GatewayName =>
  usualGateway(offeredGateways(d.gateways, caller))

/** Only the organization can do something about accounts of its own. */
const whyNone = ({ environment, settings: { gatewayAccounts } }: PayerWithGateways): string =>
  gatewayAccounts === 'shared'
    ? `no gateway is configured for ${environment}: an operator must add one`
    : `no gateway account of the organization is active in ${environment} (gateway_accounts is ${gatewayAccounts})`
