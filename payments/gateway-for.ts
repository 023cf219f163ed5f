import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import type { PaymentGateway } from '../gateways/gateway.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** The gateway that holds an object. Throws `refused` where it is not set up (any more): a person must mend that. */
export function gatewayFor(
  { gateways }: Pick<ActivityDependencies, 'gateways'>,
  owner: { environment: Environment; organizationId: string; gateway: GatewayName },
): PaymentGateway {
  const gateway = gateways.for(owner.environment, owner.organizationId, owner.gateway)
  if (!gateway) throw new GatewayError('refused', `${owner.gateway}_not_set_up`)
  return gateway
}
