import { conflict, invalid } from '../../domain/failure/failures.ts'
import { customerIdIn, otherThanCustomer } from '../../domain/text/ids.ts'
import { findContact } from './contacts.ts'
import type { Sql } from '../database/database.ts'
import type { Tenant } from '../database/tenant.ts'

/** Who the parent is: one of ours by id, or by external id, or nobody. */
export type ParentReference = { id: string } | { externalId: string } | null

/** Lets one move at a time change a tenant's tree, to the end of its transaction: two that close a cycle together cannot both pass. */
export async function lockTree(sql: Sql, { organizationId, environment }: Tenant): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`parents ${organizationId} ${environment}`}, 0))`
}

/**
 * Makes a customer the child of another of the same organization and environment, or of nobody; call it under `lockTree`.
 * Throws `invalid_request` for a parent that is not there, `conflict` for one that is the customer itself or below it.
 */
export async function setParent(sql: Sql, tenant: Tenant, id: string, parent: ParentReference): Promise<void> {
  const parentId = parent && (await resolveParent(sql, tenant, parent))
  if (parentId && (await isBelow(sql, parentId, id)))
    throw conflict('parent_cycle', paramOf(parent), 'must not be the customer itself or one below it')
  await sql`update customers set parent_customer_id = ${parentId} where id = ${id}`
}

const paramOf = (parent: NonNullable<ParentReference>) =>
  'id' in parent ? 'parent_customer_id' : 'parent_customer_external_id'

async function resolveParent(sql: Sql, tenant: Tenant, parent: NonNullable<ParentReference>): Promise<string> {
  const { organizationId, environment } = tenant
  const name = 'id' in parent ? parent.id : parent.externalId
  const id = 'id' in parent ? customerIdIn(name) : await findContact(sql, tenant, name)
  // Held against being deleted meanwhile.
  const [row] = await sql<{ id: string }[]>`
    select id from customers
    where id = ${id ?? ''} and organization_id = ${organizationId} and environment = ${environment} and deleted_at is null
    for key share`
  const other = otherThanCustomer(name)
  if (!row) throw invalid(paramOf(parent), `must be a customer of this organization${other ? `, not ${other}` : ''}`)
  return row.id
}

/** Whether `id` is `top` or anywhere below it. */
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
