import { batchSize } from '../database/batches.ts'
import type { Sql } from '../database/database.ts'
import { isUnderWay, listRetentions, type Retention } from './retentions.ts'

/**
 * Deletes events after the days that their organization set (`event_retention_days`). The events of a billing customer
 * whose history is needed remain, its newest event, whose `sequence` the next one continues, and what a webhook
 * endpoint has not received.
 */
export async function deleteOldEvents(sql: Sql): Promise<void> {
  for (const retention of await listRetentions(sql, 'eventRetention')) {
    let after: string | null = ''
    while (after !== null) after = await deletePage(sql, retention, after)
  }
}

/**
 * Deletes old events among the next `batchSize` after an id, and returns the last of these; null at the end. A walk
 * by id, because those that remain would be read again by each statement that looks for old ones.
 */
async function deletePage(sql: Sql, { organizationId, environment, days }: Retention, after: string) {
  const [page] = await sql<{ last: string | null }[]>`
    with page as materialized (
      select id, created_at < now() - ${days} * interval '1 day' as old from events
      where organization_id = ${organizationId} and environment = ${environment} and id > ${after}
      order by id limit ${batchSize}
    ), gone as (
      delete from events e where e.id = any(array(select id from page where old))
        and (e.billing_customer_id is null or e.sequence < (
          select n.sequence from events n where n.billing_customer_id = e.billing_customer_id
          order by n.sequence desc limit 1))
        and not ${isUnderWay(sql, sql`e.billing_customer_id`)}
        and not exists (select from webhook_deliveries d where d.event_id = e.id and d.state = 'pending')
    )
    select case when count(*) = ${batchSize} and bool_and(old) then max(id) end as last from page`
  return page!.last
}
