import type { BillingCustomerStatus } from '../domain/lifecycle.ts'
import type { Database } from './database.ts'
import { enroll, type Enrollment } from './enrollments.ts'
import { underLock } from './lock.ts'
import type { Tenant } from './tenant.ts'

/** Enrolls a billing customer that is active and can be charged, or answers in words why it cannot be enrolled now. */
export async function enrollActive(
  database: Database,
  tenant: Tenant,
  billingCustomerId: string,
  billableItemId: string,
): Promise<{ enrollment: Enrollment; existing: boolean } | string> {
  return underLock(database, billingCustomerId, async (sql) => {
    const [row] = await sql<{ status: BillingCustomerStatus; paymentMethodId: string | null }[]>`
      select status, payment_method_id from billing_customers where id = ${billingCustomerId}`
    if (row?.status === 'pending') return 'is not active yet: the customer has to finish the setup first'
    if (row?.status === 'suspended') return 'is suspended; restore it first'
    if (!row?.paymentMethodId) return 'has no payment method to be charged with'
    return enroll(sql, tenant, billingCustomerId, billableItemId)
  })
}
