import { shortened } from '../../domain/text/free-text.ts'
import type { CustomerDetails, PaymentDetails } from '../../domain/payment/payment-object.ts'
import type { GatewayPolicy } from '../../domain/gateways/facts.ts'
import type { Sql } from '../database/database.ts'

/** Gateways accept 1000 characters; statements and exports show far fewer. */
const longest = 200

/**
 * Returns the details of a billing customer's initial charge at the gateway: a description with the name of the brand,
 * or else of the organization, and what the organization's settings add at that gateway.
 */
export async function readPaymentDetails(
  sql: Sql,
  { sendsReceipts, statementDescriptorSuffix }: GatewayPolicy,
  billingCustomerId: string,
): Promise<PaymentDetails> {
  const [row] = await sql<{ payee: string; email: string | null }[]>`
    select coalesce(r.name, o.name) as payee, c.email
    from billing_customers b
    join organizations o on o.id = b.organization_id
    join customers c on c.id = b.customer_id
    left join brands r on r.id = b.brand_id and r.organization_id = b.organization_id
    where b.id = ${billingCustomerId}`
  const { payee, email } = row!
  return {
    description: shortened(`Initial charge of ${payee}`, longest),
    ...(statementDescriptorSuffix ? { statementDescriptorSuffix } : {}),
    ...(sendsReceipts && email ? { receiptEmail: email } : {}),
  }
}

/** Returns the name, email and address of a customer, without unknown fields. */
export async function readCustomerDetails(sql: Sql, customerId: string): Promise<CustomerDetails> {
  const [row] = await sql<Record<keyof CustomerDetails, string | null>[]>`
    select name, email, address_line1 as line1, address_line2 as line2, address_city as city, address_state as state,
      address_postal_code as postal_code, address_country as country
    from customers where id = ${customerId} and deleted_at is null`
  const known = Object.entries(row ?? {}).filter(([, value]) => value !== null)
  return Object.fromEntries(known) as CustomerDetails
}
