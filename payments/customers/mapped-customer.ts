import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { Sql } from '../../store/database/database.ts'
import { mappedGatewayCustomer } from '../../store/customers/integration-mappings.ts'
import { verifyOwnership, type CustomerOfTenant } from './verify-ownership.ts'

/**
 * Returns the customer that the caller mapped at this gateway; undefined if there is none. It is read at every use,
 * because its owner may have changed, or it may be deleted. Nothing else is charged in its place: throws `not_found` if
 * it is deleted, and `method_unusable` if it belongs to someone else.
 */
export async function mappedCustomer(
  sql: Sql,
  gateway: PaymentGateway,
  customer: CustomerOfTenant,
): Promise<string | undefined> {
  if (gateway.usesOurCustomerIds) return undefined
  const mapped = await mappedGatewayCustomer(sql, customer.customerId, gateway.name)
  if (mapped) await verifyOwnership(sql, gateway, customer, await gateway.readCustomer(mapped))
  return mapped
}
