import { conflict, notFound } from '../../domain/failure/failures.ts'
import type { Sql } from '../../store/database/database.ts'
import { findEndpoint, type Endpoint } from '../../store/webhooks/find-endpoints.ts'
import { readHealth } from '../../store/webhooks/health-view.ts'
import { findTenantOfEndpoint } from '../../store/webhooks/operators.ts'
import { option, text } from '../options.ts'

export const endpoint = option(text, 'we_…')

/** Returns the endpoint of `--endpoint`, of any organization. Throws `not_found`. */
export async function requireEndpoint(sql: Sql, id: string): Promise<Endpoint> {
  const tenant = await findTenantOfEndpoint(sql, id)
  const found = tenant && (await findEndpoint(sql, tenant, id))
  if (!found) throw notFound('Webhook endpoint', '--endpoint')
  return found
}

/** Throws a conflict if the endpoint is disabled: nothing would be sent. */
export function checkEnabled({ status }: Endpoint): void {
  if (status === 'disabled') throw conflict('endpoint_disabled', '--endpoint', 'is disabled; enable it first')
}

/** Throws a conflict if nothing would be sent now: the endpoint is disabled, or its events are pulled. */
export function checkSends(found: Endpoint): void {
  if (found.kind === 'pull') throw conflict('pull_endpoint', '--endpoint', 'is a pull endpoint: nothing is sent to it')
  checkEnabled(found)
}

/** Of a URL only the host is shown: the rest can contain a token. */
const hostOf = (url: string | null) => (url === null ? null : new URL(url).host)

/** Returns endpoints for display, with their health. */
export async function shownEndpoints(sql: Sql, endpoints: Endpoint[]): Promise<Record<string, unknown>[]> {
  const health = await readHealth(
    sql,
    endpoints.map(({ id }) => id),
  )
  return endpoints.map((endpoint) => {
    const { state, pending, oldestPendingAt, failingSince, lastStatus, lastError, lastOkAt, retryAt } = health.get(
      endpoint.id,
    )!
    return {
      id: endpoint.id,
      organization: endpoint.organizationId,
      environment: endpoint.environment,
      kind: endpoint.kind,
      host: hostOf(endpoint.url),
      description: endpoint.description,
      status: endpoint.status,
      disabled_because: endpoint.disabledBecause,
      health: state,
      failing_since: failingSince,
      last_status: lastStatus,
      last_error: lastError,
      last_delivered_at: lastOkAt,
      next_try_at: state === 'healthy' ? null : retryAt,
      pending,
      oldest_pending_at: oldestPendingAt,
    }
  })
}

/** Returns one endpoint for display. */
export async function shownEndpoint(sql: Sql, endpoint: Endpoint): Promise<Record<string, unknown>> {
  return (await shownEndpoints(sql, [endpoint]))[0]!
}
