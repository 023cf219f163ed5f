import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { abandonGatewayCustomer } from '../../store/customers/gateway-customers.ts'
import {
  findGatewayCustomerOwner,
  listHoldersOfMethod,
  recordMethodRemoved,
  recordMethodUpdated,
} from '../../store/methods/method-updates.ts'
import type { EventDependencies } from './dependencies.ts'

/**
 * Handles an event according to which a saved method was detached or updated: reads the method and updates the record.
 */
export async function refreshMethod(d: EventDependencies, account: GatewayAccount, methodId: string): Promise<void> {
  for (const holder of await listHoldersOfMethod(d.database, account, methodId)) {
    const gateway = await d.gateways.of(account.accountId)
    const method = await gateway.readMethod(methodId).catch((error: unknown) => {
      if (isGatewayError(error, 'not_found', 'method_unusable')) return undefined
      throw error
    })
    if (method?.attached) await recordMethodUpdated(d.database, holder, method)
    else await recordMethodRemoved(d.database, holder)
  }
}

/**
 * Handles an event according to which a customer was deleted at the gateway. Its saved methods no longer exist either,
 * and a new customer is created when needed.
 */
export async function refreshGatewayCustomer(
  d: EventDependencies,
  account: GatewayAccount,
  gatewayCustomerId: string,
): Promise<void> {
  const found = await findGatewayCustomerOwner(d.database, account, gatewayCustomerId)
  if (!found) return
  const gateway = await d.gateways.of(account.accountId)
  const gone = await gateway.readCustomer(gatewayCustomerId).then(
    () => false,
    (error: unknown) => {
      if (isGatewayError(error, 'not_found')) return true
      throw error
    },
  )
  if (!gone) return
  await abandonGatewayCustomer(d.database, { ...found.owned, gateway: account.gateway })
  for (const holder of found.holders) await recordMethodRemoved(d.database, holder)
}
