import type { Sql } from '../database/database.ts'
import type { GatewayAccount, Tenant } from '../../domain/reference.ts'

export interface GatewayCustomerRow {
  /** 1-based sequence number of the customer at this gateway, across accounts; a number is used once. */
  customerNumber: number
  gatewayCustomerId: string | null
}

type At = Pick<GatewayAccount, 'accountId' | 'gateway'>

/**
 * Returns the customer's row at a gateway account, inserted if there is none. The create call's key contains its
 * number.
 */
export async function ensureGatewayCustomerRow(
  sql: Sql,
  tenant: Tenant,
  customerId: string,
  at: At,
): Promise<GatewayCustomerRow> {
  const { organizationId, environment } = tenant
  const { accountId, gateway } = at
  const [row] = await sql<GatewayCustomerRow[]>`
    with live as (
      select i as customer_number, gateway_customer_id from gateway_customers
      where customer_id = ${customerId} and gateway = ${gateway} and account_id = ${accountId} and not dead
      order by i limit 1
    ), made as (
      insert into gateway_customers (environment, organization_id, customer_id, gateway, account_id, i)
      select ${environment}, ${organizationId}, ${customerId}, ${gateway}, ${accountId}, coalesce(max(i), 0) + 1
      from gateway_customers where customer_id = ${customerId} and gateway = ${gateway}
      having not exists (select 1 from live)
      on conflict do nothing
      returning i as customer_number, gateway_customer_id
    )
    select customer_number, gateway_customer_id from live
    union all select customer_number, gateway_customer_id from made`
  // No row: a concurrent copy of the step inserted this number.
  return row ?? ensureGatewayCustomerRow(sql, tenant, customerId, at)
}

type NumberedCustomer = Pick<GatewayAccount, 'gateway'> & { customerId: string; customerNumber: number }

/** Stores the gateway's id unless one is stored already. Returns the stored id. */
export async function storeGatewayCustomerId(
  sql: Sql,
  { customerId, gateway, customerNumber }: NumberedCustomer,
  gatewayCustomerId: string,
): Promise<string> {
  const [row] = await sql<{ gatewayCustomerId: string }[]>`
    update gateway_customers set gateway_customer_id = coalesce(gateway_customer_id, ${gatewayCustomerId})
    where customer_id = ${customerId} and gateway = ${gateway} and i = ${customerNumber}
    returning gateway_customer_id`
  return row!.gatewayCustomerId
}

/** Abandons a row whose create call can never succeed, or whose customer no longer exists at the gateway. */
export async function abandonGatewayCustomer(
  sql: Sql,
  { customerId, gateway, customerNumber }: NumberedCustomer,
): Promise<void> {
  await sql`
    update gateway_customers set dead = true
    where customer_id = ${customerId} and gateway = ${gateway} and i = ${customerNumber}`
}

/** As `abandonGatewayCustomer`, by the gateway's id. */
export async function abandonGatewayCustomerById(
  sql: Sql,
  { organizationId }: Tenant,
  accountId: string,
  gatewayCustomerId: string,
): Promise<void> {
  await sql`
    update gateway_customers set dead = true
    where organization_id = ${organizationId} and account_id = ${accountId}
      and gateway_customer_id = ${gatewayCustomerId}`
}

/** Returns the owner of a gateway customer: this tenant, another organization, or unknown. */
export async function ownerOfGatewayCustomer(
  sql: Sql,
  { organizationId }: Tenant,
  accountId: string,
  gatewayCustomerId: string,
): Promise<'ours' | 'foreign' | 'unknown'> {
  const [row] = await sql<{ organizationId: string }[]>`
    select organization_id from gateway_customers
    where account_id = ${accountId} and gateway_customer_id = ${gatewayCustomerId}`
  if (!row) return 'unknown'
  return row.organizationId === organizationId ? 'ours' : 'foreign'
}

/**
 * Records a gateway customer whose own metadata names this organization. Returns false if another organization has
 * already claimed it.
 */
export async function claimGatewayCustomer(
  sql: Sql,
  tenant: Tenant,
  owned: At & { customerId: string; gatewayCustomerId: string },
): Promise<boolean> {
  await sql`
    insert into gateway_customers
      (environment, organization_id, customer_id, gateway, account_id, i, gateway_customer_id)
    select ${tenant.environment}, ${tenant.organizationId}, ${owned.customerId}, ${owned.gateway}, ${owned.accountId},
      coalesce(max(i), 0) + 1, ${owned.gatewayCustomerId}
    from gateway_customers where customer_id = ${owned.customerId} and gateway = ${owned.gateway}
    on conflict do nothing`
  return (await ownerOfGatewayCustomer(sql, tenant, owned.accountId, owned.gatewayCustomerId)) === 'ours'
}
