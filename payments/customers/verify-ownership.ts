import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PaymentGateway, SavedMethod } from '../../gateways/gateway.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../../store/database/database.ts'
import { claimGatewayCustomer, ownerOfGatewayCustomer } from '../../store/customers/gateway-customers.ts'

/** A customer of ours and its tenant. */
export interface CustomerOfTenant extends Tenant {
  customerId: string
}

/** Checks that a gateway customer is ours, by our table or by its own metadata. Throws `method_unusable` if not. */
export async function verifyOwnership(
  sql: Sql,
  { name: gateway }: PaymentGateway,
  customer: CustomerOfTenant,
  owner: NonNullable<SavedMethod['customer']>,
): Promise<void> {
  const known = await ownerOfGatewayCustomer(sql, customer, gateway, owner.id)
  if (known === 'ours') return
  const namesUs = owner.organizationId === customer.organizationId && owner.environment === customer.environment
  const owned = { customerId: customer.customerId, gateway, gatewayCustomerId: owner.id }
  if (known === 'unknown' && namesUs && (await claimGatewayCustomer(sql, customer, owned))) return
  throw new GatewayError('method_unusable', 'not_ours')
}
