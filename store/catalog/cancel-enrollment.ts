import type { Author } from '../../domain/events/author.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Enrollment } from './enrollments.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'

/** Cancels an enrollment and writes the event. Does nothing if it is already canceled. */
export async function cancelEnrollment(
  database: Database,
  { id, billingCustomerId, billableItemId }: Enrollment,
  author: Author,
): Promise<void> {
  await underLock(database, billingCustomerId, async (sql) => {
    const rows =
      await sql`update enrollments set status = 'cancelled' where id = ${id} and status <> 'cancelled' returning id`
    if (rows.length === 0) return
    const data = { enrollment_id: id, billable_item_id: billableItemId }
    await insertEvent(sql, { billingCustomerId }, { type: 'billing_customer.enrollment_canceled', ...author, data })
  })
}

/** Cancels all enrollments of a billing customer, with an event each. Call it under the lock. */
export async function cancelEnrollments(sql: Transaction, billingCustomerId: string, author: Author): Promise<void> {
  const canceled = await sql<{ id: string; billableItemId: string }[]>`
    update enrollments set status = 'cancelled'
    where billing_customer_id = ${billingCustomerId} and status <> 'cancelled' returning id, billable_item_id`
  for (const { id, billableItemId } of canceled) {
    const data = { enrollment_id: id, billable_item_id: billableItemId }
    await insertEvent(sql, { billingCustomerId }, { type: 'billing_customer.enrollment_canceled', ...author, data })
  }
}
