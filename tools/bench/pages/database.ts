import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../../store/database/database.ts'
import { underLock } from '../../../store/database/lock.ts'

/** Changes what the page of a billing customer shows, in one transaction of the kind that changes an onboarding. */
export const changePrice = (database: Database, billingCustomerId: string): Promise<unknown> =>
  underLock(
    database,
    billingCustomerId,
    (sql) => sql`update onboardings set amount = amount + 1 where billing_customer_id = ${billingCustomerId}`,
  )

const readTransactions = async (database: Database): Promise<number> => {
  const [row] = await database<{ count: number }[]>`
    select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()`
  return row!.count
}

/** Returns the transactions per second of a database, single statements included, over some seconds. */
export async function readLoad(database: Database, seconds: number): Promise<number> {
  // PostgreSQL counts idle sessions after up to a second.
  const before = await readTransactions(database)
  await sleep(seconds * 1000)
  return (await readTransactions(database)) / seconds - before / seconds
}
