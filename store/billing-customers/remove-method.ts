import type { Author } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { BillingCustomerStatus } from '../../domain/lifecycle.ts'
import type { Database } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { releaseMethod } from '../methods/method-releases.ts'

/**
 * Removes the payment method of an active or suspended billing customer that is not enrolled in anything. Does nothing
 * if it has none. Throws `conflict` if it is enrolled, or pending.
 */
export async function removePaymentMethod(database: Database, id: string, author: Author): Promise<void> {
  await underLock(database, id, async (sql) => {
    const [row] = await sql<{ status: BillingCustomerStatus; isEnrolled: boolean }[]>`
      select status, exists (
        select 1 from enrollments e where e.billing_customer_id = b.id and e.status <> 'cancelled'
      ) as is_enrolled
      from billing_customers b where id = ${id}`
    if (row!.status === 'pending')
      throw conflict('billing_customer_pending', 'id', 'is not active yet: cancel its onboarding instead')
    if (row!.isEnrolled)
      throw conflict(
        'billing_customer_enrolled',
        'id',
        'is enrolled: cancel its enrollments first, or replace the payment method',
      )
    await releaseMethod(sql, id, author)
  })
}
