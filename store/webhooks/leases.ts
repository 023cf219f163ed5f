import type { EndpointReference } from '../../domain/webhooks/endpoint.ts'
import type { Health } from '../../domain/webhooks/health.ts'
import type { Sql } from '../database/database.ts'
import { firstDue, pendingByTime } from './deliveries/pending.ts'

/** The right to send to an endpoint, for 15 seconds unless it is renewed. Only one process has it. */
export interface Lease extends EndpointReference {
  /** Fences writes: they have no effect once another process has the lease. */
  lease: number
  url: string
  health: Health
  /** Returns the database's time: the clock of this machine may be wrong. */
  now(): Date
}

/** Maximum number of endpoints of one organization that are served at once, in all processes. */
const mostOfOrganization = 8
/** How long a process that dies holds up its endpoints. One that lives renews its leases every 5 seconds. */
const leaseSeconds = 15

const healthColumns = (sql: Sql) => sql`
  h.state, h.failures, h.away_in_a_row, h.failed_events, h.pauses, h.failing_since, h.retry_at,
  clock_timestamp() as claimed_at`

type Row = EndpointReference & Pick<Lease, 'lease' | 'url'> & Health & { claimedAt: Date }
function toLease({ endpointId, organizationId, environment, lease, url, claimedAt, ...health }: Row): Lease {
  const read = performance.now()
  const now = () => new Date(claimedAt.getTime() + performance.now() - read)
  return { endpointId, organizationId, environment, lease, url, health, now }
}

/**
 * Claims endpoints with due deliveries, those not served for the longest time first. Concurrent processes share them
 * through `skip locked`. A failing endpoint is left to its run.
 */
export async function claimEndpoints(sql: Sql, limit: number): Promise<Lease[]> {
  const rows = await sql<Row[]>`
    -- Each endpoint with a pending delivery, found by one index probe.
    with recursive e (id) as (
      (select endpoint_id from webhook_deliveries where ${pendingByTime(sql)} order by endpoint_id limit 1)
      union all
      select (
        select endpoint_id from webhook_deliveries where ${pendingByTime(sql)} and endpoint_id > e.id
        order by endpoint_id limit 1
      ) from e where e.id is not null
    ), ready as (
      -- Those that are being served count first. The ids make concurrent claims count the same ones.
      select w.id, h.served_at,
        row_number() over (
          partition by w.organization_id
          order by coalesce(h.leased_until, '-infinity') < now(), h.served_at nulls first, w.id
        ) as turn
      from e join webhook_endpoints w on w.id = e.id join webhook_health h on h.endpoint_id = w.id
      where w.kind = 'push' and w.status = 'enabled' and w.deleted_at is null and h.state <> 'failing'
        and (h.leased_until >= now() or (coalesce(h.retry_at, '-infinity') <= now() and ${firstDue(sql)} <= now()))
    ), mine as (
      -- The condition again: the row may have been leased since it was listed.
      select h.endpoint_id from webhook_health h join ready r on r.id = h.endpoint_id
      where r.turn <= ${mostOfOrganization} and coalesce(h.leased_until, '-infinity') < now()
      order by r.served_at nulls first, r.id limit ${limit} for update of h skip locked
    )
    update webhook_health h
    set lease = h.lease + 1, leased_until = now() + ${leaseSeconds} * interval '1 second', served_at = now()
    from mine join webhook_endpoints w on w.id = mine.endpoint_id
    where h.endpoint_id = mine.endpoint_id
    returning h.endpoint_id, w.organization_id, w.environment, w.url, h.lease, ${healthColumns(sql)}`
  return rows.map(toLease)
}

/** Claims one endpoint, for its run; undefined if it is leased, disabled or deleted. */
export async function claimEndpoint(sql: Sql, { endpointId }: EndpointReference): Promise<Lease | undefined> {
  const [row] = await sql<Row[]>`
    update webhook_health h
    set lease = h.lease + 1, leased_until = now() + ${leaseSeconds} * interval '1 second', served_at = now()
    from webhook_endpoints w
    where h.endpoint_id = ${endpointId} and w.id = h.endpoint_id and w.kind = 'push' and w.status = 'enabled'
      and w.deleted_at is null and coalesce(h.leased_until, '-infinity') < now()
    returning h.endpoint_id, w.organization_id, w.environment, w.url, h.lease, ${healthColumns(sql)}`
  return row && toLease(row)
}

/** Returns whether an attempt may begin: the lease is still ours, and the endpoint is enabled and has the same URL. */
export async function holdsLease(sql: Sql, { endpointId, lease, url }: Lease): Promise<boolean> {
  const rows = await sql`
    select 1 from webhook_health h join webhook_endpoints w on w.id = h.endpoint_id
    where h.endpoint_id = ${endpointId} and h.lease = ${lease} and w.status = 'enabled' and w.deleted_at is null
      and w.url = ${url}`
  return rows.length === 1
}

/** Revokes the lease: its holder starts no other attempt, and another turn can begin immediately. */
export async function revokeLease(sql: Sql, endpointId: string): Promise<void> {
  await sql`update webhook_health set lease = lease + 1, leased_until = null where endpoint_id = ${endpointId}`
}

/** Extends a lease. Returns false if another process has it, or the endpoint was disabled or deleted. */
export async function renewLease(sql: Sql, { endpointId, lease }: Lease): Promise<boolean> {
  const rows = await sql`
    update webhook_health h set leased_until = now() + ${leaseSeconds} * interval '1 second'
    from webhook_endpoints w
    where h.endpoint_id = ${endpointId} and h.lease = ${lease} and w.id = h.endpoint_id and w.status = 'enabled'
      and w.deleted_at is null
    returning h.endpoint_id`
  return rows.length === 1
}

/** Releases a lease. No other turn of the endpoint begins for this many seconds. */
export async function returnLease(sql: Sql, { endpointId, lease }: Lease, pause = 0): Promise<void> {
  await sql`
    update webhook_health
    set leased_until = null,
      retry_at = case when ${pause > 0} then greatest(retry_at, now() + ${pause} * interval '1 second')
        else retry_at end
    where endpoint_id = ${endpointId} and lease = ${lease}`
}
