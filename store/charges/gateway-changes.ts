import { chargeData } from '../../domain/events/charge-events.ts'
import type { Database } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { reportTaskUnderLock } from '../onboardings/operator-tasks.ts'
import type { ChargeRow } from './charges.ts'

/** Records that a charge that was to be kept was fully refunded by someone at the gateway. */
export async function recordExternalRefund(database: Database, charge: ChargeRow): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges set state = 'refunded' where id = ${charge.id} and state in ('succeeded', 'kept') returning id`
    if (rows.length === 0) return
    const data = { ...chargeData(charge), by: 'gateway' as const }
    await insertEvent(sql, charge, { type: 'charge.refunded', data })
  })
}

/** Records that the customer disputes a charge with the bank. A person must respond to the dispute. */
export async function recordDispute(database: Database, charge: ChargeRow): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges set disputed_at = now() where id = ${charge.id} and disputed_at is null returning id`
    if (rows.length === 0) return
    await insertEvent(sql, charge, { type: 'charge.disputed', data: chargeData(charge) })
    await reportTaskUnderLock(sql, charge, 'disputed', charge.id)
  })
}
