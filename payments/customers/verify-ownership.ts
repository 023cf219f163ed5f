import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import { isIdOf } from '../../domain/text/ids.ts'
import type { PaymentGateway, SavedMethod } from '../../gateways/gateway.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../../store/database/database.ts'
import { claimGatewayCustomer, ownerOfGatewayCustomer } from '../../store/customers/gateway-customers.ts'
import { usesEnvironmentAlone } from '../../store/tenants/organizations.ts'

/** A customer of ours and its tenant. */
export interface CustomerOfTenant extends Tenant {
  customerId: string
}

type GatewayCustomer = NonNullable<SavedMethod['customer']>

/**
 * Whose a gateway customer is: `recorded` in our table as this organization's, `claimable` by it, or `foreign`. What
 * another organization claimed stays foreign, whatever the policy of the account.
 */
export async function ownershipOf(
  sql: Sql,
  gateway: PaymentGateway,
  tenant: Tenant,
  { id, organizationId, environment }: GatewayCustomer,
): Promise<'recorded' | 'claimable' | 'foreign'> {
  const known = await ownerOfGatewayCustomer(sql, tenant, gateway.accountId, id)
  if (known !== 'unknown') return known === 'ours' ? 'recorded' : 'foreign'
  if (organizationId === tenant.organizationId && environment === tenant.environment) return 'claimable'
  // An organization of another installation at this account, or of the other environment. A caller's own metadata can
  // have the same key.
  if (organizationId !== null && isIdOf('organization', organizationId)) return 'foreign'
  return (await ownsAccount(sql, gateway, tenant)) ? 'claimable' : 'foreign'
}

/** Whether every customer of the account is this organization's, by the account's policy. */
const ownsAccount = async (sql: Sql, { ownership = 'proven' }: PaymentGateway, tenant: Tenant): Promise<boolean> =>
  ownership === 'exclusive' || (ownership === 'exclusive_while_alone' && (await usesEnvironmentAlone(sql, tenant)))

/** Checks that a gateway customer is ours, and records it as such. Throws `method_unusable` if it is not. */
export async function verifyOwnership(
  sql: Sql,
  gateway: PaymentGateway,
  customer: CustomerOfTenant,
  owner: GatewayCustomer,
): Promise<void> {
  const ownership = await ownershipOf(sql, gateway, customer, owner)
  if (ownership === 'recorded') return
  const { accountId, name } = gateway
  const owned = { customerId: customer.customerId, accountId, gateway: name, gatewayCustomerId: owner.id }
  if (ownership === 'claimable' && (await claimGatewayCustomer(sql, customer, owned))) return
  throw new GatewayError('method_unusable', 'not_ours')
}
