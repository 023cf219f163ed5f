import type { Actor, EventType } from '../../domain/onboarding/events.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'

/** What an event is about: a billing customer, and the onboarding if it is about one. */
export type EventSubject = Pick<OnboardingReference, 'billingCustomerId'> & { onboardingId?: string }

export interface NewEvent {
  type: EventType
  actor?: Actor
  data?: Record<string, string | number | boolean | null>
  updateId?: string
}

/**
 * Writes an event in the transaction of the change, under the billing customer's lock: the trigger `number_event` gives
 * it the customer's next `sequence`. Returns false if the onboarding already has an event with this
 * `updateId`: then the change was already made.
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
