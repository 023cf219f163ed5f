import { deliveriesKeptFor } from '../../domain/webhooks/endpoint.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { Database, Sql } from '../database/database.ts'
import { deleteEndpoint } from './endpoints.ts'
import { pendingByTime } from './deliveries/pending.ts'

/** Maximum number of rows that one call deletes: housekeeping runs every minute. */
const batch = 5_000

/** Deletes deliveries and their attempts after 30 days, also those that are still pending. */
export async function forgetDeliveries(sql: Sql): Promise<void> {
  await sql`
    delete from webhook_deliveries d using (
      select endpoint_id, event_id from webhook_deliveries
      where happened_at < now() - ${deliveriesKeptFor} * interval '1 second'
      order by happened_at limit ${batch} for update skip locked
    ) old
    where d.endpoint_id = old.endpoint_id and d.event_id = old.event_id`
}

/** Skips deliveries that are still pending for deleted endpoints. */
export async function skipOfDeleted(sql: Sql): Promise<void> {
  await sql`
    update webhook_deliveries d set state = 'skipped', done_at = now()
    from (
      select p.endpoint_id, p.event_id from webhook_deliveries p join webhook_endpoints w on w.id = p.endpoint_id
      where ${pendingByTime(sql)} and w.deleted_at is not null
      limit ${batch} for update of p skip locked
    ) left_over
    where d.endpoint_id = left_over.endpoint_id and d.event_id = left_over.event_id`
}

/** Deletes secrets whose overlap has ended. */
export async function forgetSecrets(sql: Sql): Promise<void> {
  await sql`delete from webhook_secrets where ends_at < now()`
}

/** Maximum number of pull endpoints that one call deletes. */
const mostIdle = 100

/** Deletes pull endpoints that were not pulled within their idle timeout. */
export async function deleteIdleEndpoints(database: Database): Promise<void> {
  const idle = await database<(Tenant & { id: string })[]>`
    select w.id, w.organization_id, w.environment
    from webhook_endpoints w join webhook_health h on h.endpoint_id = w.id
    where w.kind = 'pull' and w.deleted_at is null
      and greatest(h.pulled_at, w.created_at) < now() - w.idle_timeout * interval '1 second'
    limit ${mostIdle}`
  for (const endpoint of idle) await deleteEndpoint(database, endpoint, { actor: 'system' })
}
