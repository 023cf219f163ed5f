import type { Actor, EventType } from '../../domain/events/events.ts'
import type { Sql } from '../database/database.ts'
import {
  afterCursor,
  createdWithin,
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
}

const select = (sql: Sql, { organizationId, environment }: Tenant, also = sql``) => sql`
  select id, type, billing_customer_id, onboarding_id, sequence, actor, data, created_at ${also} from events
  where organization_id = ${organizationId} and environment = ${environment}`

/** Returns a page of this tenant's events, newest first. */
export async function listEvents(
  sql: Sql,
  tenant: Tenant,
  filter: EventFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<Event>> {
  const list = sql`
    ${select(sql, tenant, sql`, 400 + octet_length(data::text) as row_bytes`)}
      and ${afterCursor(sql, sql`id`, cursor, 'event')}
      ${only(sql, sql`type`, filter.type)}
      ${only(sql, sql`billing_customer_id`, filter.billingCustomerId)}
      ${only(sql, sql`onboarding_id`, filter.onboardingId)}
      ${createdWithin(sql, sql`created_at`, filter)}`
  return readPage(sql, list, { limit })
}

/** Returns an event of this tenant; undefined if it does not exist. */
export async function findEvent(sql: Sql, tenant: Tenant, id: string): Promise<Event | undefined> {
  const [row] = await sql<Event[]>`${select(sql, tenant)} and id = ${id}`
  return row
}
