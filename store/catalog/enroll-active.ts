import type { Author } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { BillingCustomerStatus } from '../../domain/lifecycle.ts'
import type { Database } from '../database/database.ts'
import { enroll, type Enrollment } from './enrollments.ts'
import { underLock } from '../database/lock.ts'
import type { Tenant } from '../../domain/reference.ts'

interface EnrollmentRequest {
  id: string
  itemId: string
  /** The id of the new enrollment. */
  enrollmentId: string
}

const param = 'billing_customer_id'

/**
 * Enrolls a billing customer that is active and has a payment method. Throws `conflict` for `billing_customer_id`
 * otherwise.
 */
export async function enrollActive(
  database: Database,
  tenant: Tenant,
  { id: billingCustomerId, itemId: billableItemId, enrollmentId: id }: EnrollmentRequest,
  author: Author,
): Promise<{ enrollment: Enrollment; existing: boolean }> {
  return underLock(database, billingCustomerId, async (sql) => {
    const [row] = await sql<{ status: BillingCustomerStatus; paymentMethodId: string | null }[]>`
      select status, payment_method_id from billing_customers where id = ${billingCustomerId}`
    if (row?.status === 'pending')
      throw conflict('billing_customer_pending', param, 'is not active yet: the customer must complete the setup first')
    if (row?.status === 'closed') throw conflict('billing_customer_closed', param, 'is closed; open it again first')
    if (row?.status === 'suspended')
      throw conflict('billing_customer_suspended', param, 'is suspended; restore it first')
    if (!row?.paymentMethodId) throw conflict('payment_method_missing', param, 'has no payment method to charge')
    return enroll(sql, tenant, { id, billingCustomerId, billableItemId }, author)
  })
}
