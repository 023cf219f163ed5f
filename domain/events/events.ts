import { billingCustomerEvents } from './billing-customer-events.ts'
import { chargeEvents } from './charge-events.ts'
import type { DataOf, EventGuide } from './event-fields.ts'
import { onboardingEvents } from './onboarding-events.ts'
import { tenantEvents } from './tenant-events.ts'

// The definition of all event types, from which TypeScript's types, the OpenAPI document and docs/events.md are
// derived.

/** Events of a billing customer, its onboardings and its charges: they are numbered (`sequence`). */
const numberedEvents = { ...billingCustomerEvents, ...onboardingEvents, ...chargeEvents }
const allEvents = { ...numberedEvents, ...tenantEvents }

export type NumberedEventType = keyof typeof numberedEvents
export type TenantEventType = keyof typeof tenantEvents
export type EventType = keyof typeof allEvents

/** The data of each type of event, as it is written. */
export type EventData = { [Type in EventType]: DataOf<(typeof allEvents)[Type]['data']> }

/** What each type of event means, and the fields of its data. */
export const eventGuide: Record<EventType, EventGuide> = allEvents
export const eventTypes = Object.keys(allEvents) as [EventType, ...EventType[]]
export const isTenantEvent = (type: EventType): type is TenantEventType => Object.hasOwn(tenantEvents, type)

/** The fields of events whose words may be about a person. */
export const personalFields: { type: EventType; field: string }[] = eventTypes.flatMap((type) =>
  Object.entries(eventGuide[type].data).flatMap(([field, { isPersonal }]) => (isPersonal ? [{ type, field }] : [])),
)

/**
 * Names that an event's data never has: `data` of a webhook adds them. An event of a customer, which belongs to no
 * billing customer, has the `customer_id` in its data instead.
 */
export const reservedNames = ['billing_customer_id', 'customer_id', 'external_id', 'onboarding_id', 'actor'] as const
