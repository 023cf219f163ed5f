import { Failure } from '../../domain/failure/failures.ts'
import type { Author } from '../../domain/events/author.ts'
import type { Tenant } from '../../domain/reference.ts'
import {
  mostEndpoints,
  type DisabledReason,
  type EndpointKind,
  type EndpointStatus,
} from '../../domain/webhooks/endpoint.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { afterCursor, readPage, type Page, type PageRequest } from '../database/pages.ts'
import { insertTenantEvent } from '../events/events.ts'
import { revokeLease } from './leases.ts'

export interface Endpoint extends Tenant {
  id: string
  kind: EndpointKind
  url: string | null
  description: string
  /** Null: every type. */
  types: string[] | null
  status: EndpointStatus
  disabledBecause: DisabledReason | null
  /** Seconds without a pull after which a pull endpoint is deleted; null for push endpoints. */
  idleTimeout: number | null
  createdAt: Date
}

export interface NewEndpoint extends Tenant {
  /** A repeat of the call that created it has the same id. */
  id?: string
  kind: EndpointKind
  url: string | null
  description: string
  types: string[] | null
  /** Required of pull endpoints. */
  idleTimeout?: number | null
}

const columns = (sql: Sql) => sql`
  id, organization_id, environment, kind, url, description, types, status, disabled_because, idle_timeout,
  created_at`

const ofTenant = (sql: Sql, { organizationId, environment }: Tenant) => sql`
  organization_id = ${organizationId} and environment = ${environment} and deleted_at is null`

/**
 * Creates an endpoint. `seal` seals its first secret for the new id. From the response on, every event is routed to it.
 * `isNew` is false if a call with the same id created it before: its secret stays. Throws `conflict` if the tenant has
 * the most endpoints that are allowed.
 */
export async function insertEndpoint(
  database: Database,
  endpoint: NewEndpoint,
  by: Author,
  seal: (id: string) => Buffer,
): Promise<{ endpoint: Endpoint; isNew: boolean }> {
  return database.begin(async (sql) => {
    const lock = `endpoints/${endpoint.environment}/${endpoint.organizationId}`
    await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`
    const { id = newId('webhookEndpoint') } = endpoint
    const [existing] = await sql<Endpoint[]>`
      select ${columns(sql)} from webhook_endpoints where ${ofTenant(sql, endpoint)} and id = ${id}`
    if (existing) return { endpoint: existing, isNew: false }
    const [{ count }] = await sql<[{ count: number }]>`
      select count(*)::integer from webhook_endpoints where ${ofTenant(sql, endpoint)}`
    if (count >= mostEndpoints) {
      const text = `there are ${mostEndpoints} webhook endpoints already; delete one`
      throw new Failure('conflict', text, { conflict: 'limit_reached' })
    }
    const { organizationId, environment, kind, url, description, types, idleTimeout = null } = endpoint
    const [row] = await sql<[Endpoint]>`
      insert into webhook_endpoints (id, organization_id, environment, kind, url, description, types, idle_timeout)
      values (${id}, ${organizationId}, ${environment}, ${kind}, ${url}, ${description}, ${types}, ${idleTimeout})
      returning ${columns(sql)}`
    await sql`insert into webhook_secrets (endpoint_id, number, sealed) values (${id}, 1, ${seal(id)})`
    await sql`insert into webhook_health (endpoint_id) values (${id})`
    await writeEvent(sql, row, 'webhook_endpoint.created', by)
    return { endpoint: row, isNew: true }
  })
}

type PlainEvent = `webhook_endpoint.${'created' | 'deleted' | 'secret_rotated' | 'enabled' | 'test'}`

/** Writes an event about an endpoint in the transaction of the change. Returns its id. */
export const writeEvent = (
  sql: Transaction,
  endpoint: Tenant & { id: string },
  type: PlainEvent,
  by: Author,
): Promise<string> => insertTenantEvent(sql, endpoint, { ...by, type, data: { webhook_endpoint_id: endpoint.id } })

/** Returns an endpoint of this tenant; undefined if it does not exist or was deleted. */
export async function findEndpoint(sql: Sql, tenant: Tenant, id: string): Promise<Endpoint | undefined> {
  const [row] = await sql<Endpoint[]>`
    select ${columns(sql)} from webhook_endpoints where ${ofTenant(sql, tenant)} and id = ${id}`
  return row
}

/** Returns a page of this tenant's endpoints, newest first. */
export async function listEndpoints(sql: Sql, tenant: Tenant, { limit, cursor }: PageRequest): Promise<Page<Endpoint>> {
  const list = sql`
    select ${columns(sql)}, 4000 as row_bytes from webhook_endpoints
    where ${ofTenant(sql, tenant)} and ${afterCursor(sql, sql`id`, cursor, 'webhookEndpoint')}`
  return readPage(sql, list, { limit })
}

export interface EndpointChanges {
  url?: string
  description?: string
  types?: string[] | null
}

/**
 * Changes an endpoint. Pending deliveries go to the new URL, and one that is failing is tried at once. Returns
 * undefined if it does not exist.
 */
export async function updateEndpoint(
  database: Database,
  endpoint: Endpoint,
  changes: EndpointChanges,
  by: Author,
): Promise<Endpoint | undefined> {
  return database.begin(async (sql) => {
    const { id } = endpoint
    const [before] = await sql<Endpoint[]>`
      select ${columns(sql)} from webhook_endpoints where id = ${id} and deleted_at is null for no key update`
    if (!before) return undefined
    const changed = changedFields(before, changes)
    if (changed.length === 0) return before
    const { url = before.url, description = before.description, types = before.types } = changes
    const [row] = await sql<[Endpoint]>`
      update webhook_endpoints
      set url = ${url}, description = ${description}, types = ${types}, updated_at = now()
      where id = ${id}
      returning ${columns(sql)}`
    if (changed.includes('url')) {
      await revokeLease(sql, id)
      await retryNow(sql, id)
    }
    const data = { webhook_endpoint_id: id, changed }
    await insertTenantEvent(sql, row, { ...by, type: 'webhook_endpoint.updated', data })
    return row
  })
}

function changedFields(before: Endpoint, { url, description, types }: EndpointChanges): string[] {
  const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)
  return [
    ...(url !== undefined && url !== before.url ? ['url'] : []),
    ...(description !== undefined && description !== before.description ? ['description'] : []),
    ...(types !== undefined && !same(types, before.types) ? ['types'] : []),
  ]
}

/**
 * Ends an endpoint: nothing is sent any more. Housekeeping skips what is pending, and its log stays for its 30 days.
 * Returns whether it existed.
 */
export async function deleteEndpoint(
  database: Database,
  endpoint: Tenant & { id: string },
  by: Author,
): Promise<boolean> {
  return database.begin(async (sql) => {
    const { id } = endpoint
    const rows = await sql`
      update webhook_endpoints
      set deleted_at = now(), url = case when url is not null then 'https://deleted.invalid/' end
      where id = ${id} and deleted_at is null returning id`
    if (rows.length === 0) return false
    await sql`delete from webhook_secrets where endpoint_id = ${id}`
    await closeRun(sql, id)
    await writeEvent(sql, endpoint, 'webhook_endpoint.deleted', by)
    return true
  })
}

/** Disables an endpoint: it keeps collecting. Returns false if it was disabled or deleted already. */
export async function disableEndpoint(
  sql: Transaction,
  endpoint: Tenant & { id: string },
  why: DisabledReason,
  by: Author,
): Promise<boolean> {
  const { id } = endpoint
  const rows = await sql`
    update webhook_endpoints
    set status = 'disabled', disabled_because = ${why}, disabled_at = now(), updated_at = now()
    where id = ${id} and ${ofTenant(sql, endpoint)} and status = 'enabled' returning id`
  if (rows.length === 0) return false
  await closeRun(sql, id)
  const data = { webhook_endpoint_id: id, why }
  await insertTenantEvent(sql, endpoint, { ...by, type: 'webhook_endpoint.disabled', data })
  return true
}

/**
 * Enables an endpoint and forgets its failures. What it collected meanwhile is sent, or skipped without `catchUp`.
 * Returns false if it was enabled or deleted already.
 */
export async function enableEndpoint(
  sql: Transaction,
  endpoint: Tenant & { id: string },
  catchUp: boolean,
  by: Author,
): Promise<boolean> {
  const { id } = endpoint
  const rows = await sql`
    update webhook_endpoints set status = 'enabled', disabled_because = null, disabled_at = null, updated_at = now()
    where id = ${id} and ${ofTenant(sql, endpoint)} and status = 'disabled' returning id`
  if (rows.length === 0) return false
  if (catchUp)
    await sql`
      update webhook_deliveries set due_at = now()
      where endpoint_id = ${id} and state = 'pending' and due_at > now()`
  else await skipPending(sql, id)
  await sql`
    update webhook_health
    set state = 'healthy', failures = 0, away_in_a_row = 0, failed_events = '{}', pauses = 0, failing_since = null,
      reported_at = null, retry_at = null, wake_at = null, lease = lease + 1, leased_until = null
    where endpoint_id = ${id}`
  await writeEvent(sql, endpoint, 'webhook_endpoint.enabled', by)
  return true
}

/**
 * Ends the pause of an endpoint now, and that of its refused deliveries. A try that is under way can no longer begin
 * another pause: it loses its lease.
 */
export async function retryNow(sql: Sql, id: string): Promise<void> {
  await sql`
    update webhook_health
    set retry_at = now(), wake_at = case when state = 'failing' then now() end,
      lease = lease + (state <> 'healthy')::integer, leased_until = case when state = 'healthy' then leased_until end
    where endpoint_id = ${id}`
  await sql`
    update webhook_deliveries set due_at = now()
    where endpoint_id = ${id} and state = 'pending' and due_at > now()`
}

const skipPending = (sql: Sql, id: string) =>
  sql`update webhook_deliveries set state = 'skipped', done_at = now() where endpoint_id = ${id} and state = 'pending'`

/** Rows per statement: a statement must stay far below its time limit. */
const chunk = 5_000

/** Skips what a disabled endpoint has collected, so that enabling it without catching up has little left to skip. */
export async function skipCollected(sql: Sql, endpoint: Tenant & { id: string }): Promise<void> {
  let count: number = chunk
  while (count === chunk)
    ({ count } = await sql`
      update webhook_deliveries set state = 'skipped', done_at = now()
      where endpoint_id = ${endpoint.id} and event_id in (
        select d.event_id from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id
        where w.id = ${endpoint.id} and w.status = 'disabled' and d.state = 'pending' limit ${chunk})`)
}

/** The run of a failing endpoint reads that there is nothing left to do. */
const closeRun = (sql: Sql, id: string) =>
  sql`
    update webhook_health
    set state = case when state = 'failing' then 'resting' else state end, wake_at = null, lease = lease + 1,
      leased_until = null
    where endpoint_id = ${id}`
