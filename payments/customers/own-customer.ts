import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
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
import type { CustomerOfTenant } from './prove-ours.ts'

/**
 * Returns this customer's own customer at the gateway, created once under a key of its number. `defaults` are the
 * settings of an organization that set none.
 */
export async function ownCustomer(
  sql: Sql,
  gateway: PaymentGateway,
  customer: CustomerOfTenant,
  defaults: Settings,
): Promise<string> {
  const { customerId, organizationId, environment } = customer
  const row = await ensureGatewayCustomerRow(sql, customer, customerId, gateway.name)
  if (row.gatewayCustomerId) return row.gatewayCustomerId
  const numbered = { customerId, gateway: gateway.name, customerNumber: row.customerNumber }
  try {
    const metadata = { organization_id: organizationId, environment, customer_id: customerId }
    const settings = await readSettings(sql, defaults, organizationId, environment)
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
    return ownCustomer(sql, gateway, customer, defaults)
  }
}
