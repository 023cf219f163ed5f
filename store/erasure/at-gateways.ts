import type { Sql } from '../database/database.ts'

/** A customer at a gateway that may have been created for a customer of ours. */
export interface CustomerAtGateway {
  accountId: string
  gatewayCustomerId: string
}

/** Lists the customers at gateways of a deleted customer that were not erased yet. */
export const listCustomersToErase = (sql: Sql, customerId: string): Promise<CustomerAtGateway[]> =>
  sql<CustomerAtGateway[]>`
    select account_id, gateway_customer_id from gateway_customers
    where customer_id = ${customerId} and gateway_customer_id is not null and erased_at is null
    order by gateway, i`

/** Records that a customer at a gateway has nothing personal from us. */
export async function noteErasedAtGateway(
  sql: Sql,
  { accountId, gatewayCustomerId }: CustomerAtGateway,
): Promise<void> {
  await sql`
    update gateway_customers set erased_at = now()
    where account_id = ${accountId} and gateway_customer_id = ${gatewayCustomerId}`
}

/** A payment at a gateway. */
export interface PaymentAtGateway {
  accountId: string
  objectId: string
}

/** Lists the payments of a customer, paid or not. */
export const listPaymentsOf = (sql: Sql, customerId: string): Promise<PaymentAtGateway[]> =>
  sql<PaymentAtGateway[]>`
    select p.account_id, p.object_id
    from customers c
      join billing_customers b on b.environment = c.environment and b.organization_id = c.organization_id
        and b.customer_id = c.id
      join onboardings o on o.billing_customer_id = b.id
      join payment_objects p on p.onboarding_id = o.id
    where c.id = ${customerId} and p.kind = 'payment' and p.object_id is not null
    order by o.n, p.k`
