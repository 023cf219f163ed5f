import type { Author, CallAuthor } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { BillingCustomerStatus } from '../../domain/lifecycle.ts'
import type { RecordedRun } from '../../domain/onboarding/run.ts'
import { cancelEnrollments } from '../catalog/cancel-enrollment.ts'
import { requestRefundOfInitial } from '../charges/request-refund.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { insertEvent } from '../events/events.ts'
import { releaseMethod } from '../methods/method-releases.ts'
import { findRun, makeRunDue } from '../onboardings/wake.ts'

export interface CloseRequest {
  reason: string
  /** Whether what is left of the initial charge is refunded. */
  refundInitial: boolean
  /** Who makes the request, as in `requestRefund`. */
  createdBy: string
}

/** What a closing leaves to runs. */
export interface Closed {
  /** The run of a replacement of the payment method, which was canceled. */
  replacement: RecordedRun | undefined
  /** The charge that is refunded. */
  chargeId: string | undefined
}

/**
 * Ends an active or suspended billing customer for good, in one transaction: its enrollments are canceled, its payment
 * method is released, its replacement is canceled, and what is left of its initial charge is refunded if requested.
 * A repeat changes nothing, except that it can request the refund. Throws `conflict` for one that is pending, or if the
 * charge cannot be refunded.
 */
export async function closeBillingCustomer(
  database: Database,
  billingCustomerId: string,
  { reason, refundInitial, createdBy }: CloseRequest,
  { eventId, ...author }: CallAuthor,
): Promise<Closed> {
  return underLock(database, billingCustomerId, async (sql) => {
    const [row] = await sql<{ status: BillingCustomerStatus }[]>`
      select status from billing_customers where id = ${billingCustomerId}`
    if (row!.status === 'pending')
      throw conflict('billing_customer_pending', 'id', 'is not active: cancel its onboarding instead')
    const replacement = row!.status === 'closed' ? undefined : await close(sql, billingCustomerId, author)
    if (row!.status !== 'closed')
      await insertEvent(
        sql,
        { billingCustomerId },
        { type: 'billing_customer.closed', eventId, ...author, data: { reason, refund_initial: refundInitial } },
      )
    const refund = { reason, createdBy }
    const chargeId = refundInitial ? await requestRefundOfInitial(sql, billingCustomerId, refund, author) : undefined
    return { replacement, chargeId }
  })
}

async function close(sql: Transaction, billingCustomerId: string, author: Author): Promise<RecordedRun | undefined> {
  await sql`update billing_customers set status = 'closed' where id = ${billingCustomerId}`
  await cancelEnrollments(sql, billingCustomerId, author)
  await releaseMethod(sql, billingCustomerId, author)
  return cancelReplacement(sql, billingCustomerId, author)
}

/** A replacement whose method was already swapped ends by itself. */
async function cancelReplacement(sql: Sql, billingCustomerId: string, { actor }: Author) {
  const [live] = await sql<{ id: string }[]>`
    update onboardings set closing = 'canceled', closing_by = ${actor}, closing_why = 'the billing customer was closed'
    where billing_customer_id = ${billingCustomerId} and kind = 'replacement' and ended_at is null
      and swapped_at is null
    returning id`
  if (!live) return undefined
  await makeRunDue(sql, live.id)
  return findRun(sql, live.id)
}
