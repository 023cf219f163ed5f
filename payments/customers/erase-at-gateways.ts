import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { Gateways } from '../../gateways/gateways.ts'
import type { Database } from '../../store/database/database.ts'
import { listCustomersToErase, listPaymentsOf, noteErasedAtGateway } from '../../store/erasure/at-gateways.ts'
import type { CustomerOfTenant } from './verify-ownership.ts'

/**
 * Clears what settings sent about a deleted customer to gateways, each at its account: name, email and address of
 * customers that the service created there, and the addresses of receipts. Customers that others created there are not
 * changed. Throws a GatewayError if a gateway does not respond or rejects it; then it is repeated.
 */
export async function eraseAtGateways(
  { database, gateways }: { database: Database; gateways: Gateways },
  { customerId, organizationId, environment }: CustomerOfTenant,
): Promise<void> {
  const ours = { organization_id: organizationId, environment, customer_id: customerId }
  const customers = await listCustomersToErase(database, customerId)
  for (const each of customers) {
    const gateway = await gateways.of(each.accountId)
    await unlessDeleted(gateway.eraseCustomer?.(each.gatewayCustomerId, ours))
  }
  for (const { accountId, objectId } of await listPaymentsOf(database, customerId))
    await unlessDeleted((await gateways.of(accountId)).eraseReceipt?.(objectId))
  for (const each of customers) await noteErasedAtGateway(database, each)
}

/** What no longer exists at the gateway has nothing to erase. */
async function unlessDeleted(call: Promise<void> | undefined): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!isGatewayError(error, 'not_found')) throw error
  }
}
