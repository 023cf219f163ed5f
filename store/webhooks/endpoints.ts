import { Failure } from '../../domain/failure/failures.ts'
import type { Author } from '../../domain/events/author.ts'
import type { Tenant } from '../../domain/reference.ts'
import { mostEndpoints, type EndpointKind } from '../../domain/webhooks/endpoint.ts'
import type { RequestHeaders } from '../../domain/webhooks/headers.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import type { Sealing } from '../database/sealing.ts'
import { insertTenantEvent } from '../events/events.ts'
import { closeRun, retryNow, writeEvent } from './endpoint-state.ts'
import { endpointColumns, ofTenant, type Endpoint } from './find-endpoints.ts'
import { hasHeaders, sealHeaders, type SealedHeaders } from './headers.ts'
import { revokeLease } from './leases.ts'

export interface NewEndpoint extends Tenant {
  /** A repeat of the call that created it has the same id. */
  id?: string
  kind: EndpointKind
  url: string | null
  description: string
  types: string[] | null
  /** Encrypts the endpoint's own request headers for the new id. */
  headers?: (id: string) => SealedHeaders
  /** Required for pull endpoints. */
  idleTimeout?: number | null
}

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
      select ${endpointColumns(sql)} from webhook_endpoints where ${ofTenant(sql, endpoint)} and id = ${id}`
    if (existing) return { endpoint: existing, isNew: false }
    const [{ count }] = await sql<[{ count: number }]>`
      select count(*)::integer from webhook_endpoints where ${ofTenant(sql, endpoint)}`
    if (count >= mostEndpoints) {
      const text = `there are ${mostEndpoints} webhook endpoints already; delete one`
      throw new Failure('conflict', text, { conflict: 'limit_reached' })
    }
    const { organizationId, environment, kind, url, description, types, idleTimeout = null } = endpoint
    const { names, sealed } = endpoint.headers?.(id) ?? { names: [], sealed: null }
    const [row] = await sql<[Endpoint]>`
      insert into webhook_endpoints (id, organization_id, environment, kind, url, description, types, header_names,
        sealed_headers, idle_timeout)
      values (${id}, ${organizationId}, ${environment}, ${kind}, ${url}, ${description}, ${types}, ${names},
        ${sealed}, ${idleTimeout})
      returning ${endpointColumns(sql)}`
    await sql`insert into webhook_secrets (endpoint_id, number, sealed) values (${id}, 1, ${seal(id)})`
    await sql`insert into webhook_health (endpoint_id) values (${id})`
    await writeEvent(sql, row, 'webhook_endpoint.created', by)
    return { endpoint: row, isNew: true }
  })
}

export interface EndpointChanges {
  url?: string | undefined
  description?: string | undefined
  types?: string[] | null | undefined
  /** Replaces all own request headers. */
  headers?: RequestHeaders | undefined
}

/**
 * Changes an endpoint. Pending deliveries go to the new URL with the new headers, and one that is failing is tried at
 * once. Returns undefined if it does not exist.
 */
export async function updateEndpoint(
  database: Database,
  endpoint: Endpoint,
  changes: EndpointChanges,
  by: Author,
  sealing: Sealing,
): Promise<Endpoint | undefined> {
  return database.begin(async (sql) => {
    const { id } = endpoint
    const [before] = await sql<Stored[]>`
      select ${endpointColumns(sql)}, sealed_headers from webhook_endpoints
      where id = ${id} and deleted_at is null for no key update`
    if (!before) return undefined
    const changed = changedFields(before, changes, sealing)
    if (changed.length === 0) return before
    const { url = before.url, description = before.description, types = before.types } = changes
    const { names, sealed } = changes.headers
      ? sealHeaders(sealing, id, changes.headers)
      : { names: before.headerNames, sealed: before.sealedHeaders }
    const [row] = await sql<[Endpoint]>`
      update webhook_endpoints
      set url = ${url}, description = ${description}, types = ${types}, header_names = ${names},
        sealed_headers = ${sealed}, updated_at = now()
      where id = ${id}
      returning ${endpointColumns(sql)}`
    if (changed.includes('url') || changed.includes('headers')) {
      await revokeLease(sql, id)
      await retryNow(sql, id)
    }
    const data = { webhook_endpoint_id: id, changed }
    await insertTenantEvent(sql, row, { ...by, type: 'webhook_endpoint.updated', data })
    return row
  })
}

type Stored = Endpoint & { sealedHeaders: Buffer | null }

function changedFields(before: Stored, changes: EndpointChanges, sealing: Sealing): string[] {
  const { url, description, types, headers } = changes
  const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)
  return [
    ...(url !== undefined && url !== before.url ? ['url'] : []),
    ...(description !== undefined && description !== before.description ? ['description'] : []),
    ...(types !== undefined && !same(types, before.types) ? ['types'] : []),
    ...(headers !== undefined && !hasHeaders(sealing, before.id, before.sealedHeaders, headers) ? ['headers'] : []),
  ]
}

/**
 * Deletes an endpoint: nothing more is sent. Housekeeping skips pending deliveries, and the log is kept for 30 days.
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
      set deleted_at = now(), url = case when url is not null then 'https://deleted.invalid/' end, header_names = '{}',
        sealed_headers = null
      where id = ${id} and deleted_at is null returning id`
    if (rows.length === 0) return false
    await sql`delete from webhook_secrets where endpoint_id = ${id}`
    await closeRun(sql, id)
    await writeEvent(sql, endpoint, 'webhook_endpoint.deleted', by)
    return true
  })
}
