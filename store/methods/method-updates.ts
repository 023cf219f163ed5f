import type { GatewayAccount } from '../../domain/reference.ts'
import type { DescribedMethod } from '../../domain/payment/payment-method.ts'
import type { Database, Sql } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'

export interface MethodHolder {
  id: string
  organizationId: string
  paymentMethodId: string
}

/** Lists the billing customers that use a saved method. */
export async function listHoldersOfMethod(
  sql: Sql,
  { accountId }: GatewayAccount,
  methodId: string,
): Promise<MethodHolder[]> {
  return sql<MethodHolder[]>`
    select id, organization_id, payment_method_id from billing_customers
    where account_id = ${accountId} and payment_method_id = ${methodId}`
}

export interface GatewayCustomerOwner {
  organizationId: string
  customerId: string
  customerNumber: number
}

/** Returns the row of a customer at the gateway, with the billing customers that are charged through it. */
export async function findGatewayCustomerOwner(
  sql: Sql,
  { accountId }: GatewayAccount,
  gatewayCustomerId: string,
): Promise<{ owned: GatewayCustomerOwner; holders: MethodHolder[] } | undefined> {
  const [owned] = await sql<GatewayCustomerOwner[]>`
    select organization_id, customer_id, i as customer_number from gateway_customers
    where account_id = ${accountId} and gateway_customer_id = ${gatewayCustomerId}`
  if (!owned) return undefined
  const holders = await sql<MethodHolder[]>`
    select id, organization_id, payment_method_id from billing_customers
    where organization_id = ${owned.organizationId} and account_id = ${accountId}
      and gateway_customer_id = ${gatewayCustomerId} and payment_method_id is not null`
  return { owned, holders }
}

/** Records that a billing customer's saved method no longer exists at the gateway, so it cannot be charged any more. */
export async function recordMethodRemoved(
  database: Database,
  { id, paymentMethodId }: Pick<MethodHolder, 'id' | 'paymentMethodId'>,
): Promise<void> {
  await underLock(database, id, async (sql) => {
    const rows = await sql`
      update billing_customers set payment_method_id = null, payment_method_label = null, payment_method_details = null
      where id = ${id} and payment_method_id = ${paymentMethodId}
      returning id`
    if (rows.length > 0)
      await insertEvent(sql, { billingCustomerId: id }, { type: 'billing_customer.payment_method_removed' })
  })
}

/** Updates the label and details of a billing customer's saved method if they changed, for example with a new card. */
export async function recordMethodUpdated(
  database: Database,
  { id, paymentMethodId }: Pick<MethodHolder, 'id' | 'paymentMethodId'>,
  { label, details }: DescribedMethod,
): Promise<void> {
  if (!details) return
  await underLock(database, id, async (sql) => {
    const known = sql.json({ ...details })
    const rows = await sql`
      update billing_customers set payment_method_label = ${label}, payment_method_details = ${known}
      where id = ${id} and payment_method_id = ${paymentMethodId}
        and (payment_method_label is distinct from ${label} or payment_method_details is distinct from ${known})
      returning id`
    if (rows.length > 0)
      await insertEvent(
        sql,
        { billingCustomerId: id },
        { type: 'billing_customer.payment_method_updated', data: { label } },
      )
  })
}
