import type { Actor, EventData, EventType, NumberedEventType, TenantEventType } from '../../domain/events/events.ts'
import type { OnboardingReference, Tenant } from '../../domain/reference.ts'
import type { Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'

/** What an event is about: a billing customer, and the onboarding if it is about one. */
export type EventSubject = Pick<OnboardingReference, 'billingCustomerId'> & { onboardingId?: string }

type DataField<Type extends EventType> =
  Record<never, never> extends EventData[Type] ? { data?: EventData[Type] } : { data: EventData[Type] }
/** An event of any of these types, each with its own data. */
type Written<Types extends EventType> = { [Type in Types]: { type: Type } & DataField<Type> }[Types]

export type NewEvent = Written<NumberedEventType> & { actor?: Actor; updateId?: string }
export type NewTenantEvent = Written<TenantEventType> & { actor: Actor }

/**
 * Writes an event in the transaction of the change, under the billing customer's lock: the trigger `number_event` gives
 * it the customer's next `sequence`. Returns false if the onboarding already has an event with this `updateId`: then
 * the change was already made.
 */
export async function insertEvent(sql: Transaction, subject: EventSubject, event: NewEvent): Promise<boolean> {
  const rows = await sql`
    insert into events (id, organization_id, environment, type, billing_customer_id, onboarding_id, actor, data,
      update_id)
    select ${newId('event')}, organization_id, environment, ${event.type}, id, ${subject.onboardingId ?? null},
      ${event.actor ?? 'system'}, ${sql.json(event.data ?? {})}, ${event.updateId ?? null}
    from billing_customers
    where id = ${subject.billingCustomerId}
    on conflict (onboarding_id, update_id) do nothing
    returning id`
  return rows.length === 1
}

/** Writes an event that belongs to no billing customer, in the transaction of the change. Returns its id. */
export async function insertTenantEvent(
  sql: Transaction,
  { organizationId, environment }: Tenant,
  { type, actor, data }: NewTenantEvent,
): Promise<string> {
  const id = newId('event')
  await sql`
    insert into events ${sql({ id, organizationId, environment, type, actor, data: sql.json(data) })}`
  return id
}
