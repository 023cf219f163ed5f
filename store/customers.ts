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
  const { organizationId, environment } = tenant
  const [found] = await sql<{ id: string }[]>`
    with known as (
      select id from customers
      where organization_id = ${organizationId} and environment = ${environment} and external_id = ${externalId}
        and deleted_at is null
    ), made as (
      insert into customers (id, organization_id, environment, external_id)
      select ${newId('customer')}, ${organizationId}, ${environment}, ${externalId} where not exists (select 1 from known)
      on conflict (organization_id, environment, external_id) where deleted_at is null and external_id is not null do nothing
      returning id
    )
    select id from known union all select id from made`
  // None of both: another transaction made it after this statement had begun to look, and has ended by now.
  return found?.id ?? (await findCustomer(sql, tenant, externalId))!
}
