import { eventDataSchema } from '../../../api/schemas/event-data.ts'
import { eventGuide, isTenantEvent, type EventType } from '../../../domain/events/events.ts'
import type { Database } from '../../../store/database/database.ts'

interface StoredEvent {
  id: string
  type: EventType
  billingCustomerId: string | null
  data: Record<string, unknown>
}

/** Throws if an event in the database is not as documented: its type, or a field that is missing, unknown or wrong. */
export async function refuseUndocumentedEvents(sql: Database): Promise<void> {
  const events = await sql<StoredEvent[]>`select id, type, billing_customer_id, data from events`
  const wrong = events.flatMap((event) => {
    const why = whyUndocumented(event)
    return why ? [`${event.id} ${event.type}: ${why}`] : []
  })
  if (wrong.length > 0) throw new Error(`events are not as documented:\n${wrong.join('\n')}`)
}

/** Returns why an event is not as documented. */
export function whyUndocumented({ type, billingCustomerId, data }: Omit<StoredEvent, 'id'>): string | undefined {
  if (!Object.hasOwn(eventGuide, type)) return 'the type is unknown'
  if (isTenantEvent(type) !== (billingCustomerId === null))
    return `the billing customer is ${String(billingCustomerId)}`
  const fields = eventGuide[type].data
  const unknown = Object.keys(data).find((name) => !Object.hasOwn(fields, name))
  if (unknown) return `${unknown} is unknown`
  const missing = Object.keys(fields).find((name) => fields[name]!.presence !== 'sometimes' && !(name in data))
  if (missing) return `${missing} is missing`
  return eventDataSchema(type).safeParse(data).error?.message
}
