import type { EventType } from '../../../domain/events/events.ts'
import type { Tenant } from '../../../domain/reference.ts'
import type { DeliveryState } from '../../../domain/webhooks/endpoint.ts'
import type { TryError } from '../../../domain/webhooks/post.ts'
import type { Sql } from '../../database/database.ts'
import {
  afterCursor,
  createdWithin,
  only,
  readPage,
  type CreatedRange,
  type Page,
  type PageRequest,
} from '../../database/pages.ts'
import { pendingByTime } from './pending.ts'

/** A delivery for display. Of its event it contains only ids and the type. */
export interface DeliveryLog {
  endpointId: string
  eventId: string
  type: EventType
  billingCustomerId: string | null
  sequence: number | null
  state: DeliveryState
  /** Number of attempts. */
  tries: number
  /** When it is due; null unless it is pending. */
  dueAt: Date | null
  happenedAt: Date
  doneAt: Date | null
  /** Of the last attempt. */
  lastStatus: number | null
  lastError: TryError | null
}

export interface DeliveryFilter extends CreatedRange {
  state?: DeliveryState | undefined
  type?: EventType | undefined
  billingCustomerId?: string | undefined
}

/** One request of a delivery. */
export interface DeliveryTry {
  number: number
  triedAt: Date
  /** Milliseconds. */
  took: number
  status: number | null
  error: TryError | null
  response: string | null
}

const select = (sql: Sql, id: 'endpoint_id' | 'event_id') => sql`
  select ${sql(`d.${id}`)} as id, 500 as row_bytes, d.endpoint_id, d.event_id, e.type, d.billing_customer_id,
    d.sequence, d.state, d.tries, case when d.state = 'pending' then d.due_at end as due_at, d.happened_at, d.done_at,
    last.status as last_status, last.error as last_error
  from webhook_deliveries d
    join events e on e.id = d.event_id
    left join webhook_tries last
      on last.endpoint_id = d.endpoint_id and last.event_id = d.event_id and last.number = d.tries`

/** Not a parameter: a generic plan could not use the partial indexes of a state. */
const inState = (sql: Sql, state: DeliveryState | undefined) =>
  ({
    any: sql``,
    pending: sql`and ${pendingByTime(sql)}`,
    delivered: sql`and d.state = 'delivered'`,
    failed: sql`and d.state = 'failed'`,
    skipped: sql`and d.state = 'skipped'`,
  })[state ?? 'any']

/** Returns a page of an endpoint's deliveries, newest event first. */
export function listDeliveries(
  sql: Sql,
  endpointId: string,
  filter: DeliveryFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<DeliveryLog>> {
  const list = sql`
    ${select(sql, 'event_id')}
    where d.endpoint_id = ${endpointId} and ${afterCursor(sql, sql`d.event_id`, cursor, 'event')}
      ${inState(sql, filter.state)}
      ${only(sql, sql`e.type`, filter.type)}
      ${only(sql, sql`e.billing_customer_id`, filter.billingCustomerId)}
      ${createdWithin(sql, sql`d.happened_at`, filter)}`
  return readPage<DeliveryLog & { id: string }>(sql, list, { limit })
}

/** Returns a page of an event's deliveries, newest endpoint first, also those to endpoints that were deleted since. */
export function listDeliveriesOfEvent(
  sql: Sql,
  eventId: string,
  { limit, cursor }: PageRequest,
): Promise<Page<DeliveryLog>> {
  const list = sql`
    ${select(sql, 'endpoint_id')}
    where d.event_id = ${eventId} and ${afterCursor(sql, sql`d.endpoint_id`, cursor, 'webhookEndpoint')}`
  return readPage<DeliveryLog & { id: string }>(sql, list, { limit })
}

/** Returns a delivery; undefined if the event was never for this endpoint, or its 30 days have passed. */
export async function findDelivery(sql: Sql, endpointId: string, eventId: string): Promise<DeliveryLog | undefined> {
  const [row] = await sql<DeliveryLog[]>`
    ${select(sql, 'event_id')} where d.endpoint_id = ${endpointId} and d.event_id = ${eventId}`
  return row
}

/** Number of attempts shown, the last ones. One delivery can have more if its endpoint is unavailable for long. */
const mostTries = 100

/** Returns the last attempts of a delivery, oldest first. */
export async function listTries(sql: Sql, endpointId: string, eventId: string): Promise<DeliveryTry[]> {
  const rows = await sql<DeliveryTry[]>`
    select number, tried_at, took, status, error, response from webhook_tries
    where endpoint_id = ${endpointId} and event_id = ${eventId} order by number desc limit ${mostTries}`
  return [...rows].reverse()
}

/** Returns whether the tenant has or had this endpoint: the log of a deleted one stays for its 30 days. */
export async function hasEndpointLog(sql: Sql, { organizationId, environment }: Tenant, id: string): Promise<boolean> {
  const rows = await sql`
    select id from webhook_endpoints
    where id = ${id} and organization_id = ${organizationId} and environment = ${environment}`
  return rows.length === 1
}
