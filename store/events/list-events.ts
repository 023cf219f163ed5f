import type { Actor } from '../../domain/events/author.ts'
import type { EventType } from '../../domain/events/events.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { Sql } from '../database/database.ts'
import {
  afterCursor,
  createdWithin,
  idOfCursor,
  only,
  readPage,
  type CreatedRange,
  type Page,
  type PageRequest,
} from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface Event {
  id: string
  type: EventType
  billingCustomerId: string | null
  onboardingId: string | null
  /** Its number within the billing customer; null if it has none. */
  sequence: number | null
  actor: Actor
  data: Record<string, unknown>
  createdAt: Date
}

export interface EventFilter extends CreatedRange {
  type?: string | undefined
  billingCustomerId?: string | undefined
  onboardingId?: string | undefined
  /** Only later events of the billing customer, oldest first. */
  afterSequence?: number | undefined
}

const select = (sql: Sql, { organizationId, environment }: Tenant, also = sql``) => sql`
  select id, type, billing_customer_id, onboarding_id, sequence, actor, data, created_at ${also} from events
  where organization_id = ${organizationId} and environment = ${environment}`

/**
 * Returns a page of this tenant's events, newest first; those of a billing customer in the order of `sequence`.
 * `afterSequence` requires a billing customer. Throws `invalid_request` for a cursor whose event was deleted.
 */
export async function listEvents(
  sql: Sql,
  tenant: Tenant,
  filter: EventFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<Event>> {
  const after = filter.billingCustomerId ? await sequenceAfter(sql, filter, cursor) : undefined
  const list = sql`
    ${select(sql, tenant, sql`, 400 + octet_length(data::text) as row_bytes`)}
      and ${filter.billingCustomerId ? inSequence(sql, filter, after) : afterCursor(sql, sql`id`, cursor, 'event')}
      ${only(sql, sql`type`, filter.type)}
      ${only(sql, sql`billing_customer_id`, filter.billingCustomerId)}
      ${only(sql, sql`onboarding_id`, filter.onboardingId)}
      ${createdWithin(sql, sql`created_at`, filter)}`
  const oldestFirst = filter.afterSequence !== undefined
  return readPage(sql, list, { limit, oldestFirst, by: filter.billingCustomerId ? 'sequence' : 'id' })
}

/**
 * Returns the sequence of the event of a cursor; undefined without a cursor. Throws `invalid_request` if the billing
 * customer has no such event: it may have been deleted, and with it those of the next page.
 */
async function sequenceAfter(sql: Sql, { billingCustomerId }: EventFilter, cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [event] = await sql<{ sequence: number }[]>`
    select sequence from events
    where id = ${idOfCursor(cursor, 'event')} and billing_customer_id = ${billingCustomerId!}`
  if (!event)
    throw invalid(
      'cursor',
      'continues after an event that was deleted (setting event_retention_days), or that is of another billing ' +
        'customer: begin again without it',
    )
  return event.sequence
}

/** Returns the condition for the rows of a billing customer after an event of the list. */
function inSequence(sql: Sql, { afterSequence }: EventFilter, last: number | undefined) {
  if (afterSequence === undefined) return last === undefined ? sql`true` : sql`sequence < ${last}`
  return sql`sequence > ${Math.max(afterSequence, last ?? 0)}`
}

/** Returns an event of this tenant; undefined if it does not exist. */
export async function findEvent(sql: Sql, tenant: Tenant, id: string): Promise<Event | undefined> {
  const [row] = await sql<Event[]>`${select(sql, tenant)} and id = ${id}`
  return row
}
