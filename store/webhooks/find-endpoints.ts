import type { Tenant } from '../../domain/reference.ts'
import type { DisabledReason, EndpointKind, EndpointStatus } from '../../domain/webhooks/endpoint.ts'
import type { Sql } from '../database/database.ts'
import { afterCursor, readPage, type Page, type PageRequest } from '../database/pages.ts'

export interface Endpoint extends Tenant {
  id: string
  kind: EndpointKind
  url: string | null
  description: string
  /** Null: every type. */
  types: string[] | null
  /** Names of its own request headers, in lowercase. */
  headerNames: string[]
  status: EndpointStatus
  disabledBecause: DisabledReason | null
  /** Seconds without a pull after which a pull endpoint is deleted; null for push endpoints. */
  idleTimeout: number | null
  createdAt: Date
}

/** What `Endpoint` is read from. */
export const endpointColumns = (sql: Sql) => sql`
  id, organization_id, environment, kind, url, description, types, header_names, status, disabled_because,
  idle_timeout, created_at`

/** Whether an endpoint is of this tenant and was not deleted. */
export const ofTenant = (sql: Sql, { organizationId, environment }: Tenant) => sql`
  organization_id = ${organizationId} and environment = ${environment} and deleted_at is null`

/** Returns an endpoint of this tenant; undefined if it does not exist or was deleted. */
export async function findEndpoint(sql: Sql, tenant: Tenant, id: string): Promise<Endpoint | undefined> {
  const [row] = await sql<Endpoint[]>`
    select ${endpointColumns(sql)} from webhook_endpoints where ${ofTenant(sql, tenant)} and id = ${id}`
  return row
}

/** Returns a page of this tenant's endpoints, newest first. */
export async function listEndpoints(sql: Sql, tenant: Tenant, { limit, cursor }: PageRequest): Promise<Page<Endpoint>> {
  const list = sql`
    select ${endpointColumns(sql)}, 4000 as row_bytes from webhook_endpoints
    where ${ofTenant(sql, tenant)} and ${afterCursor(sql, sql`id`, cursor, 'webhookEndpoint')}`
  return readPage(sql, list, { limit })
}
