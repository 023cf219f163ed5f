import { personalFields } from '../../domain/events/events.ts'
import type { Sql } from '../database/database.ts'
import type { ErasureSubject } from './subject.ts'

/** What an event has in place of a text that was erased. */
export const erasedText = '[erased]'

/** Erases the texts that callers and operators wrote into events, and what receivers responded to them. */
export async function eraseEvents(sql: Sql, subject: ErasureSubject): Promise<void> {
  const { customerId, billingCustomerIds } = subject
  for (const { type, field } of personalFields)
    await sql`
      update events set data = jsonb_set(data, array[${field}], to_jsonb(${erasedText}::text), false)
      where billing_customer_id = any(${billingCustomerIds}) and type = ${type} and data ? ${field}`
  // An operator chooses the id of an update. It still names the command, as a hash.
  await sql`
    update events set update_id = 'update/' || encode(sha256(convert_to(update_id, 'UTF8')), 'hex')
    where billing_customer_id = any(${billingCustomerIds}) and update_id like 'update/%'
      and update_id !~ '^update/[0-9a-f]{64}$'`
  await sql`
    update webhook_tries t set response = null
    from webhook_deliveries d join events e on e.id = d.event_id
    where (
        e.billing_customer_id = any(${billingCustomerIds})
        or (e.billing_customer_id is null and e.data ->> 'customer_id' = ${customerId})
      )
      and t.endpoint_id = d.endpoint_id and t.event_id = d.event_id and t.response is not null`
}
