import { conflict, invalid } from '../../domain/failure/failures.ts'
import { customerIdIn, otherThanCustomer } from '../../domain/text/ids.ts'
import { findContact } from './contacts.ts'
import type { Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'

/** A parent by our id or by external id; null for none. */
export type ParentReference = { id: string } | { externalId: string } | null

/** Serializes changes of a tenant's tree until the transaction ends: two concurrent moves could close a cycle. */
export async function lockTree(sql: Sql, { organizationId, environment }: Tenant): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`parents ${organizationId} ${environment}`}, 0))`
}

/**
 * Sets or removes the parent of a customer, within one organization and environment. Call it under `lockTree`. Throws
 * `invalid_request` if the parent does not exist, `conflict` if it is the customer or one of its descendants.
 */
export async function setParent(sql: Sql, tenant: Tenant, id: string, parent: ParentReference): Promise<void> {
  const parentId = parent && (await resolveParent(sql, tenant, parent))
  if (parentId && (await isBelow(sql, parentId, id)))
    throw conflict('parent_cycle', paramOf(parent), 'must not be the customer itself or one of its descendants')
  await sql`update customers set parent_customer_id = ${parentId} where id = ${id}`
}

const paramOf = (parent: NonNullable<ParentReference>) =>
  'id' in parent ? 'parent_customer_id' : 'parent_customer_external_id'

async function resolveParent(sql: Sql, tenant: Tenant, parent: NonNullable<ParentReference>): Promise<string> {
  const { organizationId, environment } = tenant
  const name = 'id' in parent ? parent.id : parent.externalId
  const id = 'id' in parent ? customerIdIn(name) : await findContact(sql, tenant, name)
  // Locked so that it is not deleted concurrently.
  const [row] = await sql<{ id: string }[]>`
    select id from customers
    where id = ${id ?? ''} and organization_id = ${organizationId} and environment = ${environment}
      and deleted_at is null
    for key share`
  const other = otherThanCustomer(name)
  if (!row) throw invalid(paramOf(parent), `must be a customer of this organization${other ? `, not ${other}` : ''}`)
  return row.id
}

/** Returns whether `id` is `top` or one of its descendants. */
async function isBelow(sql: Sql, id: string, top: string): Promise<boolean> {
  const rows = await sql`
    with recursive upwards (id, parent) as (
      select id, parent_customer_id from customers where id = ${id}
      union
      select c.id, c.parent_customer_id from customers c join upwards u on c.id = u.parent
    )
    select 1 from upwards where id = ${top}`
  return rows.length > 0
}
