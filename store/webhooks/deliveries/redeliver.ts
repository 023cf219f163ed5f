import type { Author } from '../../../domain/events/author.ts'
import type { Tenant } from '../../../domain/reference.ts'
import { deliveriesKeptFor, type RedeliverableState } from '../../../domain/webhooks/endpoint.ts'
import type { Database, Sql, Transaction } from '../../database/database.ts'
import { newId } from '../../database/new-id.ts'
import { afterId, encodeCursor } from '../../database/pages.ts'
import { insertTenantEvent } from '../../events/events.ts'

/** Deliveries that one call sends again: a transaction must stay far below its time limit. */
export const mostRedelivered = 5_000

/** The deliveries of an endpoint to send again. */
export interface RedeliveryRange {
  /** When their events happened: inclusive start, exclusive end. Events older than the 30 days are omitted. */
  from: Date
  before: Date
  states: readonly RedeliverableState[]
  /** Types and groups of events; undefined for all. */
  types?: readonly string[] | undefined
  /** Whether to also send events that the endpoint did not subscribe to when they happened, and does now. */
  backfill: boolean
  /** The cursor of the previous call. */
  cursor?: string | undefined
}

export interface Redelivery {
  count: number
  /** Continues where this call stopped; null if nothing is left. */
  nextCursor: string | null
}

type OwnEndpoint = Tenant & { id: string }
interface Chosen {
  count: number
  lastEventId: string | null
}

const toRedelivery = ({ count, lastEventId }: Chosen, most: number): Redelivery => ({
  count,
  nextCursor: count === most && lastEventId !== null ? encodeCursor(lastEventId) : null,
})

/**
 * Makes deliveries pending again, in the order of their events, at most `most`. The log of their attempts stays, and
 * each gets as many attempts as a new delivery. A call with the id of an earlier one returns that one's result.
 */
export async function redeliverRange(
  database: Database,
  endpoint: OwnEndpoint,
  range: RedeliveryRange,
  by: Author,
  { id = newId('event'), most = mostRedelivered }: { id?: string; most?: number } = {},
): Promise<Redelivery> {
  return database.begin(async (sql) => {
    await lockEndpoint(sql, endpoint.id)
    const earlier = await findEarlier(sql, id)
    if (earlier) return toRedelivery(earlier, most)
    const [chosen] = await sql<[Chosen]>`
      with chosen as (${choose(sql, endpoint, range)} order by e.id limit ${most}), changed as (
        insert into webhook_deliveries as d (endpoint_id, event_id, billing_customer_id, sequence, happened_at)
        select ${endpoint.id}, e.id, e.billing_customer_id, e.sequence, e.created_at
        from chosen join events e using (id)
        on conflict (endpoint_id, event_id) do update set ${pendingAgain(sql)}
        returning d.event_id
      )
      select count(*)::integer, max(event_id) as last_event_id from changed`
    await record(sql, endpoint, chosen, by, id)
    return toRedelivery(chosen, most)
  })
}

/**
 * Makes one delivery pending again, regardless of its state. Returns false if the event was never for this endpoint. A
 * call with the id of an earlier one changes nothing.
 */
export async function redeliverOne(
  database: Database,
  endpoint: OwnEndpoint,
  eventId: string,
  by: Author,
  id: string = newId('event'),
): Promise<boolean> {
  return database.begin(async (sql) => {
    await lockEndpoint(sql, endpoint.id)
    if (await findEarlier(sql, id)) return true
    const { count } = await sql`
      update webhook_deliveries d set ${pendingAgain(sql)}
      where d.endpoint_id = ${endpoint.id} and d.event_id = ${eventId}`
    await record(sql, endpoint, { count, lastEventId: eventId }, by, id)
    return count === 1
  })
}

/** Serializes redeliveries, which would otherwise lock rows in different orders. */
const lockEndpoint = (sql: Transaction, id: string) =>
  sql`select id from webhook_endpoints where id = ${id} for no key update`

const pendingAgain = (sql: Sql) => sql`state = 'pending', due_at = now(), done_at = null, refusals = 0`

function choose(sql: Sql, endpoint: OwnEndpoint, { from, before, states, types, backfill, cursor }: RedeliveryRange) {
  // A test is for the endpoint that it names, and is routed to it when it is written.
  const isNew = sql`(d.event_id is null and e.type <> 'webhook_endpoint.test' and exists (
    select 1 from webhook_endpoints w
    where w.id = ${endpoint.id} and (w.types is null or ${isOfType(sql, sql`w.types`)})
  ))`
  return sql`
    select e.id from events e ${backfill ? sql`left join` : sql`join`} webhook_deliveries d
      on d.event_id = e.id and d.endpoint_id = ${endpoint.id}
    where e.organization_id = ${endpoint.organizationId} and e.environment = ${endpoint.environment}
      and e.created_at >= greatest(${from}::timestamptz, now() - ${deliveriesKeptFor} * interval '1 second')
      and e.created_at < ${before} and ${afterId(sql, sql`e.id`, cursor, 'event')}
      and (${inStates(sql, states)} ${backfill ? sql`or ${isNew}` : sql``})
      ${types ? sql`and ${isOfType(sql, sql`${[...types]}::text[]`)}` : sql``}`
}

const isOfType = (sql: Sql, list: ReturnType<Sql>) =>
  sql`(e.type = any(${list}) or split_part(e.type, '.', 1) || '.*' = any(${list}))`

/** Not a parameter: a generic plan could not use the partial index on undelivered rows. */
const inStates = (sql: Sql, states: readonly RedeliverableState[]) => {
  const conditions = {
    delivered: sql`d.state = 'delivered'`,
    failed: sql`d.state = 'failed'`,
    skipped: sql`d.state = 'skipped'`,
  }
  return states.map((state) => conditions[state]).reduce((all, each) => sql`(${all} or ${each})`)
}

/** Returns what an earlier call with this id did. */
async function findEarlier(sql: Sql, id: string): Promise<Chosen | undefined> {
  const [row] = await sql<Chosen[]>`
    select (data ->> 'count')::integer as count, data ->> 'last_event_id' as last_event_id
    from events where id = ${id}`
  return row
}

async function record(sql: Transaction, endpoint: OwnEndpoint, chosen: Chosen, by: Author, id: string): Promise<void> {
  const { count, lastEventId } = chosen
  if (count === 0 || lastEventId === null) return
  const data = { webhook_endpoint_id: endpoint.id, count, last_event_id: lastEventId }
  await insertTenantEvent(sql, endpoint, { ...by, eventId: id, type: 'webhook_endpoint.redelivered', data })
}
