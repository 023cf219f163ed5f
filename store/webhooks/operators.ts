import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'
import { endpointColumns, type Endpoint } from './find-endpoints.ts'
import { firstDue } from './deliveries/pending.ts'

/** Returns the tenant of an endpoint that was not deleted. For operators only: they act for every organization. */
export async function findTenantOfEndpoint(sql: Sql, endpointId: string): Promise<Tenant | undefined> {
  const [row] = await sql<Tenant[]>`
    select organization_id, environment from webhook_endpoints where id = ${endpointId} and deleted_at is null`
  return row
}

/** Maximum number of endpoints listed. */
const mostListed = 100

/**
 * Lists endpoints of all organizations that accept no events or are disabled, and those whose oldest pending delivery
 * has been due for a minute, the longest failing first; at most 100.
 */
export async function listTroubledEndpoints(sql: Sql): Promise<Endpoint[]> {
  return sql<Endpoint[]>`
    select ${endpointColumns(sql)}
    from webhook_endpoints w join webhook_health h on h.endpoint_id = w.id
    where w.deleted_at is null and (h.state <> 'healthy' or w.status = 'disabled'
      or ${firstDue(sql)} < now() - interval '1 minute')
    order by h.failing_since nulls last, w.id limit ${mostListed}`
}
