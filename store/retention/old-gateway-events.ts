import { batchSize, inBatches } from '../database/batches.ts'
import type { Sql } from '../database/database.ts'

/**
 * Deletes gateway events that were processed more than `days` days ago. Those whose object was not found (`dead`)
 * remain: an operator may have to act.
 */
export async function deleteOldGatewayEvents(sql: Sql, days: number): Promise<void> {
  await inBatches(
    () => sql`
      delete from gateway_events where ctid = any(array(
        select ctid from gateway_events
        where state = 'done' and received_at < now() - ${days} * interval '1 day'
        order by received_at limit ${batchSize} for update skip locked))`,
  )
}
