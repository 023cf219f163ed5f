import type { PendingQuery, Row } from 'postgres'
import type { PayloadSource } from '../../../domain/webhooks/payload.ts'
import type { TryResult } from '../../../domain/webhooks/post.ts'
import { longestWaitForOrder } from '../../../domain/webhooks/health.ts'
import type { Sql } from '../../database/database.ts'
import { isPending, pendingByCustomer, pendingByTime } from './pending.ts'

/** A pending delivery, with what its payload needs. */
export interface Delivery extends PayloadSource {
  refusals: number
  /** Seconds since the event. */
  age: number
  /** The nearest earlier event of its billing customer that is pending here; null if there is none. */
  waitsFor: number | null
  /** Seconds until that one is due. */
  waitsForDue: number | null
}

type Fragment = PendingQuery<Row[]>

const payloadColumns = (sql: Sql) => sql`
  e.type, e.created_at, e.environment, e.organization_id, e.sequence, e.billing_customer_id, b.customer_id,
  c.external_id, e.onboarding_id, e.actor, e.data`

const eventWithCustomer = (sql: Sql) => sql`
  (events e
    left join billing_customers b on b.id = e.billing_customer_id
    left join customers c on c.id = b.customer_id)`

const select = (sql: Sql, endpointId: string, rows: Fragment) => sql`
  select d.event_id, d.refusals, extract(epoch from now() - d.happened_at)::float8 as age,
    before.sequence as waits_for, extract(epoch from before.due_at - now())::float8 as waits_for_due,
    ${payloadColumns(sql)}
  from (${rows}) d
    left join lateral (
      select p.sequence, p.due_at from webhook_deliveries p
      where p.endpoint_id = ${endpointId} and p.billing_customer_id = d.billing_customer_id
        and ${pendingByCustomer(sql)} and p.sequence < d.sequence
      order by p.sequence desc limit 1
    ) before on true
    join ${eventWithCustomer(sql)} on e.id = d.event_id`

/** Returns the data for the payload of an event; undefined if the event does not exist. */
export async function readPayloadSource(sql: Sql, eventId: string): Promise<PayloadSource | undefined> {
  const [row] = await sql<PayloadSource[]>`
    select e.id as event_id, ${payloadColumns(sql)} from ${eventWithCustomer(sql)} where e.id = ${eventId}`
  return row
}

/** Reads due deliveries of an endpoint, the longest due first. */
export async function readBatch(sql: Sql, endpointId: string, limit: number): Promise<Delivery[]> {
  const due = sql`
    select event_id, billing_customer_id, sequence, happened_at, refusals, due_at from webhook_deliveries
    where endpoint_id = ${endpointId} and ${pendingByTime(sql)} and due_at <= now()
    order by due_at, event_id limit ${limit}`
  return sql<Delivery[]>`${select(sql, endpointId, due)} order by d.due_at, d.event_id`
}

/** Billing customers, and events without one, among which a probe is chosen. */
const mostLanes = 1_000

/**
 * Reads the delivery that probes a failing endpoint: of the first delivery of each billing customer, the one with the
 * fewest attempts, so that an event that is always rejected cannot block the endpoint. Reads one row per billing
 * customer, regardless of the number of pending deliveries.
 */
export async function readProbe(sql: Sql, endpointId: string): Promise<Delivery | undefined> {
  const columns = sql`event_id, billing_customer_id, sequence, happened_at, refusals, tries, due_at`
  const pending = sql`
    select ${columns} from webhook_deliveries where endpoint_id = ${endpointId} and ${pendingByCustomer(sql)}`
  const probe = sql`
    with recursive firsts as (
      (
        select 1 as nth, p.* from (${pending}) p where billing_customer_id is not null
        order by billing_customer_id, sequence limit 1
      )
      union all
      select f.nth + 1, n.* from firsts f cross join lateral (
        select * from (${pending}) p where p.billing_customer_id > f.billing_customer_id
        order by billing_customer_id, sequence limit 1
      ) n where f.nth < ${mostLanes}
    )
    select ${columns} from firsts
    union all
    (${pending} and billing_customer_id is null limit ${mostLanes})
    order by tries, due_at, event_id limit 1`
  const [row] = await sql<Delivery[]>`${select(sql, endpointId, probe)}`
  return row
}

/** The result of processing a delivery. */
export type DeliveryResult = { eventId: string } & (
  | { do: 'delivered'; result: TryResult }
  /** `retryIn`: seconds; undefined if it failed. `counts`: whether the attempt counts against its limit. */
  | { do: 'refused'; result: TryResult; counts: boolean; retryIn: number | undefined }
  /** It was not sent: seconds until an earlier event of its billing customer is due; negative if it is overdue. */
  | { do: 'wait'; seconds: number }
)

/** Writes results in one statement. One that arrives late, after the delivery has ended, changes nothing. */
export async function writeResults(sql: Sql, endpointId: string, results: DeliveryResult[]): Promise<void> {
  const rows = results.map((each) => ({
    event_id: each.eventId,
    ok: each.do === 'delivered',
    tried: each.do !== 'wait',
    counted: each.do === 'refused' && each.counts,
    due_in: each.do === 'wait' ? each.seconds : each.do === 'refused' ? (each.retryIn ?? null) : null,
    took: each.do === 'wait' ? 0 : each.result.took,
    status: each.do === 'wait' ? null : each.result.status,
    error: each.do === 'wait' ? null : each.result.error,
    response: each.do === 'wait' ? null : each.result.response,
  }))
  const overtakesAfter = sql`${longestWaitForOrder} * interval '1 second'`
  await sql`
    with results as (
      select * from jsonb_to_recordset(${sql.json(rows)}) as r (event_id text, ok boolean, tried boolean,
        counted boolean, due_in float8, took integer, status integer, error text, response text)
    ), written as (
      update webhook_deliveries d
      set tries = d.tries + r.tried::integer, refusals = d.refusals + r.counted::integer,
        state = case when r.ok then 'delivered' when r.due_in is null then 'failed' else 'pending' end,
        done_at = case when r.ok or r.due_in is null then now() end,
        due_at = case when r.due_in is null then d.due_at
          -- An attempt that does not count keeps the place in the order.
          when r.tried and not r.counted then least(d.due_at, now())
          when r.tried then now() + r.due_in * interval '1 second'
          when r.due_in <= 0 then now() + r.due_in * interval '1 second'
          else least(now() + r.due_in * interval '1 second', d.happened_at + ${overtakesAfter}) end
      from results r
      where d.endpoint_id = ${endpointId} and d.event_id = r.event_id and ${isPending(sql)}
        -- By the primary key, instead of all of the endpoint's deliveries.
        and d.event_id = any(${results.map(({ eventId }) => eventId)})
      returning d.event_id, d.tries
    )
    insert into webhook_tries (endpoint_id, event_id, number, took, status, error, response)
    select ${endpointId}, r.event_id, w.tries, r.took, r.status, r.error, r.response
    from results r join written w using (event_id) where r.tried`
}
