import type { Author } from '../../domain/events/author.ts'
import type { EventData } from '../../domain/events/events.ts'
import { spellings } from '../../domain/text/free-text.ts'
import { isIdOf, readId } from '../../domain/text/ids.ts'
import type { Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { countEvent } from '../events/count-event.ts'
import type { Tenant } from '../../domain/reference.ts'

/**
 * Finds a customer by our id in any spelling (see `readId`), or by its current or a former external id. A stored
 * external id takes precedence over our id: it may be older than the rule that they must not look alike.
 */
export async function findContact(sql: Sql, tenant: Tenant, contactId: string): Promise<string | undefined> {
  if (isIdOf('customer', contactId)) return findById(sql, tenant, contactId)
  const found = await findInAnySpelling(sql, tenant, contactId)
  const ours = found ? undefined : readId(contactId)
  return ours?.kind === 'customer' ? findById(sql, tenant, ours.id) : found
}

async function findById(sql: Sql, { organizationId, environment }: Tenant, id: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from customers
    where id = ${id} and organization_id = ${organizationId} and environment = ${environment} and deleted_at is null`
  return row?.id
}

/** Finds a customer by the external id as sent, or else in NFC, the stored form. */
async function findInAnySpelling(sql: Sql, tenant: Tenant, externalId: string): Promise<string | undefined> {
  for (const spelling of spellings(externalId)) {
    const found = await findByExternalId(sql, tenant, spelling)
    if (found) return found
  }
  return undefined
}

/** Finds the customer that has the external id; otherwise the last one that had it, if it was not deleted. */
async function findByExternalId(
  sql: Sql,
  { organizationId, environment }: Tenant,
  externalId: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id, 1 as rank from customers
    where organization_id = ${organizationId} and environment = ${environment} and external_id = ${externalId}
      and deleted_at is null
    union all
    select c.id, 2 from former_external_ids f join customers c on c.id = f.customer_id and c.deleted_at is null
    where f.organization_id = ${organizationId} and f.environment = ${environment} and f.external_id = ${externalId}
    order by rank limit 1`
  return row?.id
}

/**
 * Finds a contact or creates a customer for it, with the event. Concurrent calls get the same one: the index allows one
 * insert.
 */
export async function ensureContact(sql: Sql, tenant: Tenant, externalId: string, author: Author): Promise<string> {
  const { organizationId, environment } = tenant
  const id = newId('customer')
  const data: EventData['customer.created'] = { customer_id: id, actor_key_id: author.actorKeyId ?? null }
  const [found] = await sql<{ id: string }[]>`
    with known as (
      select id from customers
      where organization_id = ${organizationId} and environment = ${environment} and external_id = ${externalId}
        and deleted_at is null
    ), before as (
      select c.id from former_external_ids f join customers c on c.id = f.customer_id and c.deleted_at is null
      where f.organization_id = ${organizationId} and f.environment = ${environment} and f.external_id = ${externalId}
        and not exists (select 1 from known)
    ), made as (
      insert into customers (id, organization_id, environment, external_id)
      select ${id}, ${organizationId}, ${environment}, ${externalId}
      where not exists (select 1 from known) and not exists (select 1 from before)
      on conflict (organization_id, environment, external_id) where deleted_at is null
        and external_id is not null do nothing
      returning id
    ), told as (
      insert into events (id, organization_id, environment, type, actor, data)
      select ${newId('event')}, ${organizationId}, ${environment}, 'customer.created', ${author.actor},
        ${sql.json(data)}
      from made
    )
    select id from known union all select id from before union all select id from made`
  if (found?.id === id) countEvent(sql, 'customer.created', environment)
  // No row: another transaction inserted it after this statement took its snapshot, and has committed.
  return found?.id ?? (await findByExternalId(sql, tenant, externalId))!
}
