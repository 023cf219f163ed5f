import type { Transaction } from '../../../store/database/database.ts'
import type { webhookWorld } from './deliveries.ts'

type Own = ReturnType<typeof webhookWorld>

/** Adds events of billing customers `bc_000001` … that are pending for an endpoint, the earlier ones longer. */
export async function addPending(
  { world, hooks }: Own,
  endpointId: string,
  { customers, eventsOfEach }: { customers: number; eventsOfEach: number },
): Promise<void> {
  await world.sql.begin(async (sql) => {
    // Deliveries refer to events; these are not about any customer that exists.
    await sql`set local session_replication_role = replica`
    await sql`
      insert into webhook_deliveries (endpoint_id, event_id, billing_customer_id, sequence, happened_at, due_at)
      select ${endpointId}, format('evt_%s_%s', c, n), format('bc_%s', lpad(c::text, 6, '0')), n, now(),
        now() - interval '1 hour' + (c * ${eventsOfEach} + n) * interval '1 ms'
      from generate_series(1, ${customers}) c, generate_series(1, ${eventsOfEach}) n`
    await sql`
      insert into events (id, organization_id, environment, billing_customer_id, sequence, type, actor, data)
      select event_id, ${hooks.tenant.organizationId}, 'sandbox', billing_customer_id, sequence, 'charge.succeeded',
        'system', '{}' from webhook_deliveries where endpoint_id = ${endpointId} on conflict do nothing`
  })
}

/** Deletes them. */
export async function clearPending({ world }: Own): Promise<void> {
  await world.sql`delete from webhook_deliveries`
  await world.sql`delete from events where billing_customer_id like 'bc_0%'`
}

/** Returns the number of deliveries that some work reads, with and without an index. */
export const deliveriesRead = ({ world }: Own, work: (sql: Transaction) => Promise<unknown>): Promise<number> =>
  world.sql.begin(async (sql) => {
    const count = async () => {
      const [row] = await sql<[{ read: number }]>`
        select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as read
        from pg_stat_xact_user_tables where relname = 'webhook_deliveries'`
      return row.read
    }
    const before = await count()
    await work(sql)
    return (await count()) - before
  })
