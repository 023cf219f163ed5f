import type { Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'

/** Returns the tenant of a billing customer. For operators only: they act for every organization. */
export async function findTenantOf(sql: Sql, billingCustomerId: string): Promise<Tenant | undefined> {
  const [row] = await sql<
    Tenant[]
  >`select organization_id, environment from billing_customers where id = ${billingCustomerId}`
  return row
}
