import type { PayloadSource } from '../../../domain/webhooks/payload.ts'
import type { Database, Sql, Transaction } from '../../database/database.ts'
import { isPending, pendingByCustomer, pendingByTime } from './pending.ts'

/** What a pull returns: events, each billing customer's in the order of `sequence`. */
export interface Pulled {
  events: PayloadSource[]
  /** The time until which no other pull returns them; null if there are none. */
  leasedUntil: Date | null
}

/** Records a pull, so that the endpoint does not count as idle. */
export async function recordPull(sql: Sql, endpointId: string): Promise<void> {
  await sql`update webhook_health set pulled_at = now() where endpoint_id = ${endpointId}`
}

/**
 * Leases pending deliveries of a pull endpoint for this many seconds. No event is leased while an earlier one of its
 * billing customer is. Returns nothing if the endpoint was disabled or deleted.
 */
export async function leaseDeliveries(
  database: Database,
  endpointId: string,
  { limit, leaseSeconds }: { limit: number; leaseSeconds: number },
): Promise<Pulled> {
  return database.begin(async (sql): Promise<Pulled> => {
    if (!(await lockEndpoint(sql, endpointId))) return { events: [], leasedUntil: null }
    const events = await lease(sql, endpointId, limit, leaseSeconds)
    return { events, leasedUntil: events[0]?.leasedUntil ?? null }
  })
}

/** Pulls and acknowledgments of an endpoint take turns: two pulls never lease the same event. */
async function lockEndpoint(sql: Transaction, endpointId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from webhook_health h join webhook_endpoints w on w.id = h.endpoint_id
    where h.endpoint_id = ${endpointId} and w.kind = 'pull' and w.status = 'enabled' and w.deleted_at is null
    for update of h`
  return rows.length > 0
}

/** `turn`: an event is never placed before an earlier one of its billing customer, regardless of their due times. */
const lease = (sql: Transaction, id: string, limit: number, seconds: number) => sql<
  (PayloadSource & { leasedUntil: Date })[]
>`
  with free as (
    select d.event_id, d.billing_customer_id, d.sequence, d.due_at from webhook_deliveries d
    where d.endpoint_id = ${id} and ${pendingByTime(sql)} and coalesce(d.leased_until, '-infinity') <= now()
      -- Not 'not exists': as a join, it could read all that is pending.
      and (
        select 1 from webhook_deliveries p
        where p.endpoint_id = ${id} and p.billing_customer_id = d.billing_customer_id and ${pendingByCustomer(sql)}
          and p.sequence < d.sequence and p.leased_until > now()
        limit 1
      ) is null
    order by d.due_at, d.event_id limit ${limit}
  ), lanes as (
    select billing_customer_id, max(sequence) as last from free where billing_customer_id is not null group by 1
  ), candidates as (
    -- With those of a lane that come before and have later times.
    select d.event_id, l.billing_customer_id, d.sequence,
      max(d.due_at) over (partition by l.billing_customer_id order by d.sequence) as turn
    from lanes l cross join lateral (
      select event_id, sequence, due_at from webhook_deliveries
      where endpoint_id = ${id} and billing_customer_id = l.billing_customer_id and ${pendingByCustomer(sql)}
        and sequence <= l.last
      order by sequence limit ${limit}
    ) d
    union all
    select event_id, null, null, due_at from free where billing_customer_id is null
  ), chosen as (
    select event_id, turn from candidates order by turn, billing_customer_id, sequence, event_id limit ${limit}
  ), leased as (
    update webhook_deliveries d set leased_until = now() + ${seconds} * interval '1 second', tries = d.tries + 1
    where d.endpoint_id = ${id} and d.event_id = any(array(select event_id from chosen)) and ${isPending(sql)}
    returning d.event_id, d.leased_until
  )
  select l.leased_until, e.id as event_id, e.type, e.created_at, e.environment, e.organization_id, e.sequence,
    e.billing_customer_id, b.customer_id, u.external_id, e.onboarding_id, e.actor, e.data
  from leased l join chosen c using (event_id) join events e on e.id = l.event_id
    left join billing_customers b on b.id = e.billing_customer_id
    left join customers u on u.id = b.customer_id
  order by c.turn, e.billing_customer_id, e.sequence, e.id`

/**
 * Ends the deliveries of pulled events: no pull returns them again. Events that were never pulled, or were already
 * acknowledged, are ignored. Returns how many it ended.
 */
export async function acknowledge(database: Database, endpointId: string, eventIds: string[]): Promise<number> {
  return database.begin(async (sql) => {
    await sql`update webhook_health set last_ok_at = now() where endpoint_id = ${endpointId}`
    const rows = await sql`
      update webhook_deliveries d set state = 'delivered', done_at = now(), leased_until = null
      where endpoint_id = ${endpointId} and event_id = any(${eventIds}) and ${isPending(sql)} and tries > 0
      returning event_id`
    return rows.length
  })
}
