import type { CallAuthor } from '../../domain/events/author.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { DisabledReason } from '../../domain/webhooks/endpoint.ts'
import { batchSize, inBatches } from '../database/batches.ts'
import type { Sql, Transaction } from '../database/database.ts'
import { insertTenantEvent } from '../events/events.ts'
import { ofTenant } from './find-endpoints.ts'
import { pendingByTime } from './deliveries/pending.ts'

type PlainEvent = `webhook_endpoint.${'created' | 'deleted' | 'secret_rotated' | 'enabled' | 'test'}`

/** Writes an event about an endpoint in the transaction of the change. Returns its id. */
export const writeEvent = (
  sql: Transaction,
  endpoint: Tenant & { id: string },
  type: PlainEvent,
  by: CallAuthor,
): Promise<string> => insertTenantEvent(sql, endpoint, { ...by, type, data: { webhook_endpoint_id: endpoint.id } })

/** Disables an endpoint, which continues to collect events. Returns false if it is already disabled or deleted. */
export async function disableEndpoint(
  sql: Transaction,
  endpoint: Tenant & { id: string },
  why: DisabledReason,
  by: CallAuthor,
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
 * Enables an endpoint and clears its failures. Events collected meanwhile are sent, or skipped without `catchUp`.
 * Returns false if it is already enabled or deleted.
 */
export async function enableEndpoint(
  sql: Transaction,
  endpoint: Tenant & { id: string },
  catchUp: boolean,
  by: CallAuthor,
): Promise<boolean> {
  const { id } = endpoint
  const rows = await sql`
    update webhook_endpoints set status = 'enabled', disabled_because = null, disabled_at = null, updated_at = now()
    where id = ${id} and ${ofTenant(sql, endpoint)} and status = 'disabled' returning id`
  if (rows.length === 0) return false
  if (catchUp)
    await sql`
      update webhook_deliveries set due_at = now()
      where endpoint_id = ${id} and ${pendingByTime(sql)} and due_at > now()`
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
 * Ends the pause of an endpoint and of its rejected deliveries now. An attempt in flight loses its lease, so it cannot
 * start another pause.
 */
export async function retryNow(sql: Sql, id: string): Promise<void> {
  await sql`
    update webhook_health
    set retry_at = now(), wake_at = case when state = 'failing' then now() end,
      lease = lease + (state <> 'healthy')::integer, leased_until = case when state = 'healthy' then leased_until end
    where endpoint_id = ${id}`
  await sql`
    update webhook_deliveries set due_at = now()
    where endpoint_id = ${id} and ${pendingByTime(sql)} and due_at > now()`
}

const skipPending = (sql: Sql, id: string) =>
  sql`
    update webhook_deliveries set state = 'skipped', done_at = now()
    where endpoint_id = ${id} and ${pendingByTime(sql)}`

/** Skips events that a disabled endpoint collected, so that few remain to skip when it is enabled without catch-up. */
export async function skipCollected(sql: Sql, endpoint: Tenant & { id: string }): Promise<void> {
  await inBatches(
    () => sql`
      update webhook_deliveries set state = 'skipped', done_at = now()
      where endpoint_id = ${endpoint.id} and event_id = any(array(
        select d.event_id from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id
        where w.id = ${endpoint.id} and w.status = 'disabled' and ${pendingByTime(sql)} limit ${batchSize}))`,
  )
}

/** Makes the run of a failing endpoint read that nothing is left to do. */
export const closeRun = (sql: Sql, id: string) =>
  sql`
    update webhook_health
    set state = case when state = 'failing' then 'resting' else state end, wake_at = null, lease = lease + 1,
      leased_until = null
    where endpoint_id = ${id}`
