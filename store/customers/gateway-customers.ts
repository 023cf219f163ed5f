import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface GatewayCustomerRow {
  /** 1-based sequence number of the customer at this gateway; a number is used once. */
  customerNumber: number
  gatewayCustomerId: string | null
}

/** Returns the customer's row at a gateway, inserted if there is none. The create call's key contains its number. */
export async function ensureGatewayCustomerRow(
  sql: Sql,
  tenant: Tenant,
  customerId: string,
  gateway: GatewayName,
): Promise<GatewayCustomerRow> {
  const { organizationId, environment } = tenant
  const [row] = await sql<GatewayCustomerRow[]>`
    with live as (
      select i as customer_number, gateway_customer_id from gateway_customers
      where customer_id = ${customerId} and gateway = ${gateway} and not dead order by i limit 1
    ), made as (
      insert into gateway_customers (environment, organization_id, customer_id, gateway, i)
      select ${environment}, ${organizationId}, ${customerId}, ${gateway}, coalesce(max(i), 0) + 1
      from gateway_customers where customer_id = ${customerId} and gateway = ${gateway}
      having not exists (select 1 from live)
      on conflict do nothing
      returning i as customer_number, gateway_customer_id
    )
    select customer_number, gateway_customer_id from live
    union all select customer_number, gateway_customer_id from made`
  // No row: a concurrent copy of the step inserted this number.
  return row ?? ensureGatewayCustomerRow(sql, tenant, customerId, gateway)
}

/** Stores the gateway's id unless one is stored already. Returns the stored id. */
export async function storeGatewayCustomerId(
  sql: Sql,
  { customerId, gateway, customerNumber }: { customerId: string; gateway: GatewayName; customerNumber: number },
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
  { customerId, gateway, customerNumber }: { customerId: string; gateway: GatewayName; customerNumber: number },
): Promise<void> {
  await sql`
    update gateway_customers set dead = true
    where customer_id = ${customerId} and gateway = ${gateway} and i = ${customerNumber}`
}

/** As `abandonGatewayCustomer`, by the gateway's id. */
export async function abandonGatewayCustomerById(
  sql: Sql,
  { organizationId, environment }: Tenant,
  gateway: GatewayName,
  gatewayCustomerId: string,
): Promise<void> {
  await sql`
    update gateway_customers set dead = true
    where organization_id = ${organizationId} and environment = ${environment} and gateway = ${gateway}
      and gateway_customer_id = ${gatewayCustomerId}`
}

/** Returns the owner of a gateway customer: this tenant, another organization, or unknown. */
export async function ownerOfGatewayCustomer(
  sql: Sql,
  { organizationId, environment }: Tenant,
  gateway: GatewayName,
  gatewayCustomerId: string,
): Promise<'ours' | 'foreign' | 'unknown'> {
  const [row] = await sql<{ organizationId: string }[]>`
    select organization_id from gateway_customers
    where environment = ${environment} and gateway = ${gateway} and gateway_customer_id = ${gatewayCustomerId}`
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
  owned: { customerId: string; gateway: GatewayName; gatewayCustomerId: string },
): Promise<boolean> {
  await sql`
    insert into gateway_customers (environment, organization_id, customer_id, gateway, i, gateway_customer_id)
    select ${tenant.environment}, ${tenant.organizationId}, ${owned.customerId}, ${owned.gateway},
      coalesce(max(i), 0) + 1, ${owned.gatewayCustomerId}
    from gateway_customers where customer_id = ${owned.customerId} and gateway = ${owned.gateway}
    on conflict do nothing`
  return (await ownerOfGatewayCustomer(sql, tenant, owned.gateway, owned.gatewayCustomerId)) === 'ours'
}
