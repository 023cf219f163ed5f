import type { HealthState } from '../../domain/webhooks/health.ts'
import type { Sql } from '../database/database.ts'
import { pendingByTime } from './deliveries/pending.ts'

/** An endpoint's health, for the API. */
export interface ShownHealth {
  state: HealthState
  failingSince: Date | null
  lastError: string | null
  lastStatus: number | null
  lastOkAt: Date | null
  retryAt: Date | null
  /** When a pull endpoint was last pulled from. */
  pulledAt: Date | null
  /** Deliveries that wait; at most 10,000 are counted. */
  pending: number
  oldestPendingAt: Date | null
}

const mostCounted = 10_000

/** Returns the health of these endpoints, by their ids. */
export async function readHealth(sql: Sql, endpointIds: string[]): Promise<Map<string, ShownHealth>> {
  const rows = await sql<(ShownHealth & { endpointId: string })[]>`
    select h.endpoint_id, h.state, h.failing_since, h.last_error, h.last_status, h.last_ok_at, h.retry_at, h.pulled_at,
      counted.pending, counted.oldest_pending_at
    from webhook_health h cross join lateral (
      select count(*)::integer as pending, min(happened_at) as oldest_pending_at from (
        select happened_at from webhook_deliveries d
        where d.endpoint_id = h.endpoint_id and ${pendingByTime(sql)} limit ${mostCounted}
      ) waiting
    ) counted
    where h.endpoint_id = any(${endpointIds})`
  return new Map(rows.map(({ endpointId, ...health }) => [endpointId, health]))
}
