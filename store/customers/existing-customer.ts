import { invalid } from '../../domain/failure/failures.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { Transaction } from '../database/database.ts'
import { updateCustomerWithin } from './customers.ts'
import { claimGatewayCustomer } from './gateway-customers.ts'
import { mappedGatewayCustomer } from './integration-mappings.ts'

/** A gateway customer that a caller brings along for a customer. */
export interface ExistingCustomer {
  customerId: string
  /** The gateway account that has it. */
  accountId: string
  gateway: GatewayName
  gatewayCustomerId: string
}

/**
 * Claims a gateway customer whose ownership was verified, and maps it to our customer, with the event
 * `customer.updated` if that changes something. Payment methods are saved to it from then on. `by` is the API key.
 * Throws `invalid_request` if another organization has claimed it meanwhile.
 */
export async function mapExistingCustomer(
  sql: Transaction,
  tenant: Tenant,
  { customerId, accountId, gateway, gatewayCustomerId }: ExistingCustomer,
  by: string,
): Promise<void> {
  if ((await mappedGatewayCustomer(sql, customerId, gateway)) === gatewayCustomerId) return
  if (!(await claimGatewayCustomer(sql, tenant, { customerId, accountId, gateway, gatewayCustomerId })))
    throw invalid('gateway_customer_id', 'must be a customer at the gateway that belongs to this organization')
  await updateCustomerWithin(sql, tenant, customerId, { mappings: [{ provider: gateway, id: gatewayCustomerId }] }, by)
}
