import { chargeData } from '../../domain/events/charge-events.ts'
import type { Database } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { reportTaskUnderLock } from '../onboardings/operator-tasks.ts'
import type { ChargeRow } from './charges.ts'

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
