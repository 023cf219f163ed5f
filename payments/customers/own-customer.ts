import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { policyOf, type Settings } from '../../domain/tenant/settings.ts'
import type { Sql } from '../../store/database/database.ts'
import {
  abandonGatewayCustomer,
  ensureGatewayCustomerRow,
  storeGatewayCustomerId,
} from '../../store/customers/gateway-customers.ts'
import { readCustomerDetails } from '../../store/payments/payment-details.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import type { CustomerOfTenant } from './verify-ownership.ts'

/** Numbers that one call tries at most, each after a stored failure of the one before. */
const mostNumbers = 5

/**
 * Returns this customer's own customer at the gateway, created once under a key of its number. `defaults` are the
 * settings of an organization that set none. Throws `unknown` if the gateway stores a failure for each number.
 */
export async function ownCustomer(
  sql: Sql,
  gateway: PaymentGateway,
  customer: CustomerOfTenant,
  defaults: Settings,
): Promise<string> {
  for (let numbers = 0; numbers < mostNumbers; numbers++) {
    const created = await createNumbered(sql, gateway, customer, defaults)
    if (created !== undefined) return created
  }
  throw new GatewayError('unknown', 'customer_not_created')
}

/** Returns undefined if the gateway stored a failure for this number: the next one has its own key. */
async function createNumbered(
  sql: Sql,
  gateway: PaymentGateway,
  customer: CustomerOfTenant,
  defaults: Settings,
): Promise<string | undefined> {
  const { customerId, organizationId, environment } = customer
  const at = { accountId: gateway.accountId, gateway: gateway.name }
  const row = await ensureGatewayCustomerRow(sql, customer, customerId, at)
  if (row.gatewayCustomerId) return row.gatewayCustomerId
  const numbered = { customerId, gateway: gateway.name, customerNumber: row.customerNumber }
  try {
    const metadata = { organization_id: organizationId, environment, customer_id: customerId }
    const settings = await readSettings(sql, defaults, customer)
    const { sendsCustomerDetails } = policyOf(gateway.name, settings)
    const details = sendsCustomerDetails ? await readCustomerDetails(sql, customerId) : {}
    const created = await gateway.createCustomer(
      metadata,
      `${customerId}/${gateway.name}/customer/${row.customerNumber}`,
      details,
    )
    return await storeGatewayCustomerId(sql, numbered, created)
  } catch (error) {
    if (!isGatewayError(error, 'stored_failure', 'key_reused')) throw error
    await abandonGatewayCustomer(sql, numbered)
    return undefined
  }
}
