import { chargeData } from '../../domain/events/charge-events.ts'
import type { Database } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { makeLiveRunDue } from '../onboardings/wake.ts'
import { reportTaskUnderLock } from '../onboardings/operator-tasks.ts'
import type { ChargeRow } from './charges.ts'

/**
 * Records the decision to refund a charge, before the gateway is called. Returns false, without a change, unless the
 * onboarding still owns the charge and is being undone, or the charge is late. If another onboarding adopts the charge
 * concurrently, only one of the two succeeds.
 */
export async function beginRefund(database: Database, charge: ChargeRow): Promise<boolean> {
  return underLock(database, charge.billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges c set state = 'refund_pending', r = r + 1
      where id = ${charge.id} and state = 'succeeded' and onboarding_id = ${charge.onboardingId}
        -- A delayed step may have read the onboarding while it was closing.
        and (late or exists (
          select 1 from onboardings o
          where o.id = c.onboarding_id
            and (o.closing is not null or (o.ended_at is not null and o.result <> 'completed'))))
      returning id`
    if (rows.length === 0) return false
    return insertEvent(sql, charge, { type: 'charge.refund_requested', data: chargeData(charge) })
  })
}

/**
 * Increments the number of a pending refund, to request it again after the gateway stored a failure as its response.
 */
export async function nextRefundNumber(database: Database, charge: ChargeRow): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    const { id, refundNumber } = charge
    await sql`
      update charges set r = ${refundNumber + 1}
      where id = ${id} and state = 'refund_pending' and r = ${refundNumber}`
  })
}

export type RefundState = 'pending' | 'succeeded' | 'failed'

/**
 * Records the state of a refund at the gateway, unless the charge changed since `charge` was read: a delayed response
 * may be outdated. Success and failure write an event and make the live run due; a failure is reported to operators.
 */
export async function recordRefund(
  database: Database,
  charge: ChargeRow,
  refund: { id: string | null; state: RefundState },
): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges set refund_id = ${refund.id} where id = ${charge.id} and state = ${charge.state} returning id`
    const state = refund.state === 'succeeded' ? 'refunded' : 'refund_failed'
    if (rows.length === 0 || refund.state === 'pending' || charge.state === state) return
    await sql`update charges set state = ${state} where id = ${charge.id}`
    await insertEvent(sql, charge, { type: `charge.${state}`, data: chargeData(charge) })
    if (state === 'refund_failed') await reportTaskUnderLock(sql, charge, 'refund_failed')
    await makeLiveRunDue(sql, charge.billingCustomerId)
  })
}
