import type { CallAuthor } from '../../domain/events/author.ts'
import {
  eventGuide,
  type EventData,
  type EventType,
  type NumberedEventType,
  type TenantEventType,
} from '../../domain/events/events.ts'
import type { OnboardingReference, Tenant } from '../../domain/reference.ts'
import type { Sql, Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { countEvent } from './count-event.ts'

/** What an event is about: a billing customer, and the onboarding if it is about one. */
export type EventSubject = Pick<OnboardingReference, 'billingCustomerId'> & { onboardingId?: string }

/** The data that a writer gives: `actor_key_id` comes from the author. */
type Given<Type extends EventType> = Omit<EventData[Type], 'actor_key_id'>
type DataField<Type extends EventType> =
  Record<never, never> extends Given<Type> ? { data?: Given<Type> } : { data: Given<Type> }
/** An event of any of these types, each with its own data. */
type Written<Types extends EventType> = { [Type in Types]: { type: Type } & DataField<Type> }[Types]

export type NewEvent = Written<NumberedEventType> & Partial<CallAuthor> & { updateId?: string }
export type NewTenantEvent = Written<TenantEventType> & CallAuthor

/** Returns the data with the key of the author, in events whose type has it. */
function withKey({ type, data = {}, actorKeyId }: NewEvent | NewTenantEvent): object {
  const presence = eventGuide[type].data['actor_key_id']?.presence
  if (presence === undefined || (presence === 'sometimes' && actorKeyId === undefined)) return data
  return { ...data, actor_key_id: actorKeyId ?? null }
}

/**
 * Writes an event in the transaction of the change, under the billing customer's lock: the trigger `number_event` gives
 * it the customer's next `sequence`. Returns false if the onboarding already has an event with this `updateId`: then
 * the change was already made.
 */
export async function insertEvent(sql: Transaction, subject: EventSubject, event: NewEvent): Promise<boolean> {
  const [row] = await sql<{ environment: string }[]>`
    insert into events (id, organization_id, environment, type, billing_customer_id, onboarding_id, actor, data,
      update_id)
    select ${event.eventId ?? newId('event')}, organization_id, environment, ${event.type}, id,
      ${subject.onboardingId ?? null}, ${event.actor ?? 'system'},
      ${sql.json(withKey(event) as never)}, ${event.updateId ?? null}
    from billing_customers
    where id = ${subject.billingCustomerId}
    on conflict (onboarding_id, update_id) do nothing
    returning environment`
  if (!row) return false
  countEvent(sql, event.type, row.environment)
  return true
}

/**
 * Writes an event that belongs to no billing customer, in the transaction of the change. Returns its id: `eventId` of
 * the author, or else a new one.
 */
export async function insertTenantEvent(
  sql: Transaction,
  { organizationId, environment }: Tenant,
  event: NewTenantEvent,
): Promise<string> {
  const { type, actor, eventId: id = newId('event') } = event
  const data = sql.json(withKey(event) as never)
  await sql`insert into events ${sql({ id, organizationId, environment, type, actor, data })}`
  countEvent(sql, type, environment)
  return id
}

/** Returns whether an event has this id: then the change of a call was made, and its response was lost. */
export async function isRecorded(sql: Sql, eventId: string): Promise<boolean> {
  const rows = await sql`select 1 from events where id = ${eventId}`
  return rows.length > 0
}
