import { byApiKey } from '../../domain/events/author.ts'
import { conflict, type Deletion } from '../../domain/failure/failures.ts'
import type { Tenant } from '../../domain/reference.ts'
import { lockCustomer } from '../customers/customers.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertTenantEvent } from '../events/events.ts'
import { eraseAnswers } from '../tenants/idempotency-keys.ts'
import { skipRowsOf } from './erase-bulk-rows.ts'
import { readErasureSubject } from './subject.ts'

/** Seconds after a deletion until a worker erases: by then, calls that began before it have stored their responses. */
const callsEndWithin = 60

/**
 * Deletes a customer, with the event: its ids no longer resolve, its external id can be reused, and a repeat of an
 * earlier call is rejected. Its personal data is to be erased `eraseAfter` days later (`eraseRecords`). Throws
 * `not_found`, and `conflict` if it has a live onboarding, a billing customer that is active or suspended, or children.
 */
export async function deleteCustomer(
  database: Database,
  tenant: Tenant,
  id: string,
  { by, eraseAfter }: { by: string; eraseAfter: number },
): Promise<void> {
  await database.begin(async (sql) => {
    // Also blocks concurrent inserts that reference the customer: they lock it `for key share`.
    await lockCustomer(sql, tenant, id, sql`for update`)
    await requireDeletable(sql, tenant, id)
    await sql`
      update customers set deleted_at = now(), parent_customer_id = null, updated_by = ${by}, updated_at = now(),
        erase_at = now() + ${eraseAfter} * interval '1 day', erase_next_at = ${nextAfter(sql, eraseAfter)}
      where id = ${id}`
    await sql`
      update consents set address_hash = null
      where onboarding_id in (
        select o.id from onboardings o join billing_customers b on b.id = o.billing_customer_id
        where ${ownedBy(sql, tenant, id)})`
    const subject = (await readErasureSubject(sql, id))!
    await skipRowsOf(sql, subject)
    // A repeat of an earlier call must not return the data of a customer that no longer exists.
    await eraseAnswers(sql, subject)
    await insertTenantEvent(sql, tenant, { type: 'customer.deleted', ...byApiKey(by), data: { customer_id: id } })
  })
}

const nextAfter = (sql: Sql, days: number) => sql`
  now() + ${days} * interval '1 day' + ${callsEndWithin} * interval '1 second'`

const ownedBy = (sql: Sql, { organizationId, environment }: Tenant, id: string) => sql`
  b.environment = ${environment} and b.organization_id = ${organizationId} and b.customer_id = ${id}`

async function requireDeletable(sql: Transaction, tenant: Tenant, id: string): Promise<void> {
  const own = ownedBy(sql, tenant, id)
  const [dependent] = await sql<{ why: string }[]>`
    select 'its billing customer is ' || b.status as why from billing_customers b where ${own}
      and b.status in ('active', 'suspended')
    union all
    select 'its onboarding is live; cancel it first' from billing_customers b
      join onboardings o on o.billing_customer_id = b.id and o.ended_at is null where ${own}
    union all
    select 'it has children; move them first' from customers where parent_customer_id = ${id} and deleted_at is null
    limit 1`
  if (dependent) throw conflict('customer_not_deletable', 'id', `the customer cannot be deleted: ${dependent.why}`)
}

/** Returns the deletion of a customer of this tenant; undefined if it does not exist or was not deleted. */
export async function readDeletion(
  sql: Sql,
  { organizationId, environment }: Tenant,
  id: string,
): Promise<Deletion | undefined> {
  const [row] = await sql<Deletion[]>`
    select deleted_at, erase_at, erased_at from customers
    where id = ${id} and organization_id = ${organizationId} and environment = ${environment}
      and deleted_at is not null`
  return row
}

/** Erases a deleted customer earlier, if `eraseAfter` days after now are earlier than what was planned. */
export async function hastenErasure(sql: Sql, { organizationId, environment }: Tenant, id: string, eraseAfter: number) {
  await sql`
    update customers
    set erase_at = least(erase_at, now() + ${eraseAfter} * interval '1 day'),
      erase_next_at = least(erase_next_at, ${nextAfter(sql, eraseAfter)})
    where id = ${id} and organization_id = ${organizationId} and environment = ${environment}
      and deleted_at is not null and erased_at is null`
}
