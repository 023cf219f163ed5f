import { hasRecovered, isReportable, type EndpointError, type Health } from '../../domain/webhooks/health.ts'
import type { DisabledReason, EndpointReference, EndpointStanding } from '../../domain/webhooks/endpoint.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { postponed } from '../database/postponed.ts'
import { insertTenantEvent } from '../events/events.ts'
import { disableEndpoint } from './endpoint-state.ts'
import type { Lease } from './leases.ts'
import { pendingByTime } from './deliveries/pending.ts'

/** What the last attempt returned. */
export interface LastTry {
  status: number | null
  error: EndpointError | null
}

/**
 * Stores the health after attempts, if the lease is still held: another process may have written it since. `disables`:
 * the endpoint is disabled. Writes the events about it in the same transaction. Returns whether the endpoint's run must
 * be started.
 */
export async function recordHealth(
  database: Database,
  lease: Lease,
  health: Health,
  last: LastTry,
  disables: DisabledReason | undefined,
): Promise<boolean> {
  return database.begin(async (sql) => {
    const { endpointId } = lease
    // Every transaction that changes both rows locks the endpoint first.
    if (disables) await sql`select id from webhook_endpoints where id = ${endpointId} for no key update`
    const [before] = await sql<(Reported & { state: string; isTheirs: boolean })[]>`
      select h.state, h.reported_at, now(), w.status <> 'enabled' or w.deleted_at is not null as is_theirs
      from webhook_health h join webhook_endpoints w on w.id = h.endpoint_id
      where h.endpoint_id = ${endpointId} and h.lease = ${lease.lease} for update of h`
    if (!before || before.isTheirs) return false
    const isFailing = health.state === 'failing'
    await sql`
      update webhook_health
      set state = ${health.state}, failures = ${health.failures}, away_in_a_row = ${health.awayInARow},
        failed_events = ${health.failedEvents}, pauses = ${health.pauses}, failing_since = ${health.failingSince},
        retry_at = ${health.retryAt}, last_status = ${last.status}, last_error = ${last.error},
        last_ok_at = case when ${last.error === null} then now() else last_ok_at end,
        wake_at = case when not ${isFailing} then null
          when state = 'failing' then ${health.retryAt}::timestamptz + interval '1 minute'
          else now() + interval '5 seconds' end,
        wakes = 0
      where endpoint_id = ${endpointId}`
    await report(sql, lease, health, before)
    if (disables) await disableEndpoint(sql, { ...lease, id: endpointId }, disables, { actor: 'system' })
    return isFailing && before.state !== 'failing' && !disables
  })
}

interface Reported {
  reportedAt: Date | null
  now: Date
}

/** Writes one event when the endpoint has failed for an hour, and one when it recovers from that. */
async function report(sql: Transaction, lease: Lease, health: Health, { reportedAt, now }: Reported): Promise<void> {
  const data = { webhook_endpoint_id: lease.endpointId }
  const isDue = reportedAt === null && isReportable(health, now)
  if (!isDue && !(reportedAt !== null && hasRecovered(health, reportedAt))) return
  await sql`
    update webhook_health set reported_at = ${isDue ? now : null} where endpoint_id = ${lease.endpointId}`
  const type = isDue ? 'webhook_endpoint.failing' : 'webhook_endpoint.recovered'
  await insertTenantEvent(sql, lease, { type, actor: 'system', data })
}

/** Maximum number of pending deliveries that are counted for display. */
const mostCounted = 10_000

/** Reads an endpoint for its run, which reads it again after its wait; undefined if it was deleted. */
export async function readStanding(
  sql: Sql,
  { endpointId, organizationId, environment }: EndpointReference,
): Promise<EndpointStanding | undefined> {
  const [row] = await sql<EndpointStanding[]>`
    update webhook_health h
    set wake_at = case when state = 'failing' then greatest(retry_at, now()) + interval '1 minute' end, wakes = 0
    from webhook_endpoints w
    where h.endpoint_id = ${endpointId} and w.id = h.endpoint_id and w.deleted_at is null
      and w.organization_id = ${organizationId} and w.environment = ${environment}
    returning w.status = 'enabled' as is_enabled,
      h.state = 'failing' as is_failing, w.disabled_because, h.failures,
      to_char(h.failing_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as failing_since,
      greatest(0, coalesce(extract(epoch from h.retry_at - now()), 0))::float8 * 1000 as wait,
      h.last_status, h.last_error,
      (
        select count(*)::integer from (
          select 1 from webhook_deliveries d where d.endpoint_id = h.endpoint_id and ${pendingByTime(sql)}
          limit ${mostCounted}
        ) counted
      ) as pending`
  return row
}

/**
 * Claims failing endpoints whose run sent no heartbeat in time, and postpones each by 15 seconds, doubling up to 10
 * minutes. Concurrent workers share the work through `skip locked`.
 */
export function claimDueEndpoints(sql: Sql, limit: number): Promise<EndpointReference[]> {
  return sql<EndpointReference[]>`
    update webhook_health h
    set wakes = h.wakes + 1, wake_at = ${postponed(sql, sql`h.wakes`)}
    from (
      select endpoint_id from webhook_health where wake_at < now() order by wake_at limit ${limit}
      for update skip locked
    ) due join webhook_endpoints w on w.id = due.endpoint_id
    where h.endpoint_id = due.endpoint_id
    returning w.id as endpoint_id, w.organization_id, w.environment`
}

/** Makes the run of a failing endpoint due: it was terminated or lost. */
export async function wakeEndpoint(sql: Sql, endpointId: string): Promise<void> {
  await sql`update webhook_health set wake_at = now() where endpoint_id = ${endpointId} and wake_at is not null`
}

/** Leaves a failing endpoint without pending deliveries to the delivery loop, which probes it with the next event. */
export async function restIdle(sql: Sql, { endpointId, lease }: Lease): Promise<void> {
  await sql`
    update webhook_health set state = 'resting', wake_at = null
    where endpoint_id = ${endpointId} and lease = ${lease} and state = 'failing'`
}
