import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { GatewayName } from '../domain/lifecycle.ts'
import type { Tenant } from '../domain/reference.ts'
import type { PaymentGateway } from '../gateways/gateway.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** Returns the gateway of a tenant. Throws `refused` if it is not configured: an operator must fix that. */
export function gatewayFor(
  { gateways }: Pick<ActivityDependencies, 'gateways'>,
  tenant: Tenant,
  name: GatewayName,
): PaymentGateway {
  const gateway = gateways.for(tenant, name)
  if (!gateway) throw new GatewayError('refused', `${name}_not_set_up`)
  return gateway
}
