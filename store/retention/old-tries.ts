import { batchSize } from '../database/batches.ts'
import type { Sql } from '../database/database.ts'
import { listRetentions, type Retention } from './retentions.ts'

/**
 * Deletes requests to webhook endpoints, with what the receivers responded, after the days that their organization set
 * (`webhook_try_retention_days`). Those of a delivery that is still pending remain: they say why it is late.
 */
export async function deleteOldTries(sql: Sql): Promise<void> {
  for (const retention of await listRetentions(sql, 'webhookTryRetention'))
    for (const endpointId of await listEndpoints(sql, retention)) {
      let after: Place | undefined = { eventId: '', number: 0 }
      while (after) after = await deletePage(sql, endpointId, retention.days, after)
    }
}

/** Lists the endpoints of a tenant, also deleted ones. */
async function listEndpoints(sql: Sql, { organizationId, environment }: Retention): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from webhook_endpoints where organization_id = ${organizationId} and environment = ${environment}`
  return rows.map(({ id }) => id)
}

/** A request of an endpoint: the number of a try to deliver an event. */
interface Place {
  eventId: string
  number: number
}

/**
 * Deletes old requests among the next `batchSize` of an endpoint, in the order of their events, and returns the last of
 * these; undefined at the end of those that are old.
 */
async function deletePage(sql: Sql, endpointId: string, days: number, after: Place): Promise<Place | undefined> {
  const [last] = await sql<Place[]>`
    with page as materialized (
      select event_id, number, tried_at < now() - ${days} * interval '1 day' as old from webhook_tries
      where endpoint_id = ${endpointId} and (event_id, number) > (${after.eventId}, ${after.number}::integer)
      order by event_id, number limit ${batchSize}
    ), gone as (
      delete from webhook_tries t using page p
      where t.endpoint_id = ${endpointId} and t.event_id = p.event_id and t.number = p.number and p.old
        and not exists (
          select from webhook_deliveries d
          where d.endpoint_id = t.endpoint_id and d.event_id = t.event_id and d.state = 'pending')
    )
    select event_id, number from page
    where (select count(*) = ${batchSize} and bool_or(old) from page)
    order by event_id desc, number desc limit 1`
  return last
}
