import type { Database } from './database.ts'
import { underLock } from './lock.ts'
import { needsPerson } from './refunds.ts'
import type { RunInput } from '../domain/run.ts'

/** A run that was sent for again and again and never wrote a line: its workers or its code need a person. */
export async function raiseNoSignOfLife(database: Database, run: RunInput): Promise<void> {
  await underLock(database, run.billingCustomerId, async (sql) => {
    await sql`update onboardings set blocked_on = 'operator', blocked_reason = 'no_sign_of_life' where id = ${run.onboardingId} and ended_at is null`
    await needsPerson(sql, run, 'no_sign_of_life')
  })
}
