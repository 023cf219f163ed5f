import { deliveriesKeptFor } from '../../domain/webhooks/endpoint.ts'
import type { Sql } from '../database/database.ts'

/** Rows that one call deletes at most: housekeeping comes every minute. */
const batch = 5_000

/** Deletes deliveries and their tries after 30 days, also those that are still pending. */
export async function forgetDeliveries(sql: Sql): Promise<void> {
  await sql`
    delete from webhook_deliveries d using (
      select endpoint_id, event_id from webhook_deliveries
      where happened_at < now() - ${deliveriesKeptFor} * interval '1 second'
      order by happened_at limit ${batch} for update skip locked
    ) old
    where d.endpoint_id = old.endpoint_id and d.event_id = old.event_id`
}

/** Deletes pull endpoints that nobody has pulled from for as long as they allow. */
export async function deleteIdleEndpoints(sql: Sql): Promise<void> {
  await sql`
    update webhook_endpoints w set deleted_at = now(), sealed_headers = null
    from webhook_health h
    where h.endpoint_id = w.id and w.deleted_at is null and w.idle_seconds is not null
      and coalesce(h.served_at, w.created_at) < now() - w.idle_seconds * interval '1 second'`
}
