import { isIdOf } from '../domain/ids.ts'
import type { Environment } from '../domain/lifecycle.ts'
import type { Sql } from './database.ts'
import { newId } from './new-id.ts'

export interface Tenant {
  organizationId: string
  environment: Environment
}

/** Finds the customer that a contact id names: our own id, or the caller's external id. */
export async function findCustomer(
  sql: Sql,
  { organizationId, environment }: Tenant,
  contactId: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from customers
    where organization_id = ${organizationId} and environment = ${environment} and deleted_at is null
      and ${isIdOf('customer', contactId) ? sql`id = ${contactId}` : sql`external_id = ${contactId}`}`
  return row?.id
}

/** Finds the contact, or makes it a customer. Many at once get the same one: the unique index lets one insert through. */
export async function ensureCustomer(sql: Sql, tenant: Tenant, externalId: string): Promise<string> {
  const known = await findCustomer(sql, tenant, externalId)
  if (known) return known
  const [inserted] = await sql<{ id: string }[]>`
    insert into customers ${sql({ id: newId('customer'), ...tenant, externalId })}
    on conflict (organization_id, environment, external_id) where deleted_at is null and external_id is not null do nothing
    returning id`
  return inserted?.id ?? (await findCustomer(sql, tenant, externalId))!
}
