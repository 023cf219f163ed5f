import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { Sql } from '../../store/database/database.ts'
import { mappedGatewayCustomer } from '../../store/customers/integration-mappings.ts'
import { proveOurs, type CustomerOfTenant } from './prove-ours.ts'

/**
 * The customer that the caller mapped at this gateway; undefined where there is none. It is read at every use: whose it
 * is may have changed, and it may be gone. Nothing else is charged in its place: throws `not_found` where it is gone,
 * and `method_unusable` where it is somebody else's.
 */
export async function mappedCustomer(
  sql: Sql,
  gateway: PaymentGateway,
  customer: CustomerOfTenant,
): Promise<string | undefined> {
  if (gateway.usesOurCustomerIds) return undefined
  const mapped = await mappedGatewayCustomer(sql, customer.customerId, gateway.name)
  if (mapped) await proveOurs(sql, gateway, customer, await gateway.readCustomer(mapped))
  return mapped
}
