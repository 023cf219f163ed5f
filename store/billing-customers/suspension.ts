import type { CallAuthor } from '../../domain/events/author.ts'
import type { BillingCustomerStatus } from '../../domain/lifecycle.ts'
import type { Database } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'

export type Suspension = 'suspend' | 'restore'

const changes = {
  suspend: { from: 'active', to: 'suspended', event: 'billing_customer.suspended' },
  restore: { from: 'suspended', to: 'active', event: 'billing_customer.restored' },
} as const

/**
 * Suspends an active billing customer, or restores a suspended one, with the event. Returns the resulting status: one
 * that already has the requested status stays as it is, and a pending one can be neither suspended nor restored.
 */
export async function changeSuspension(
  database: Database,
  billingCustomerId: string,
  wanted: Suspension,
  author: CallAuthor,
): Promise<BillingCustomerStatus> {
  const { from, to, event } = changes[wanted]
  return underLock(database, billingCustomerId, async (sql) => {
    const changed = await sql`
      update billing_customers set status = ${to} where id = ${billingCustomerId} and status = ${from} returning id`
    if (changed.length > 0) await insertEvent(sql, { billingCustomerId }, { type: event, ...author })
    const [row] = await sql<{ status: BillingCustomerStatus }[]>`
      select status from billing_customers where id = ${billingCustomerId}`
    return row!.status
  })
}
