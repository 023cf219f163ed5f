import type { Database, Sql, Transaction } from './database.ts'

/**
 * Locks a billing customer. This is the first statement of every transaction that changes an onboarding. Returns false
 * if the billing customer does not exist.
 */
export async function lockBillingCustomer(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`select id from billing_customers where id = ${id} for update`
  return rows.length === 1
}

/**
 * Runs `work` in a transaction that holds the billing customer's lock, and after the commit the pool's `afterChange`.
 * Never call a gateway in it.
 */
export async function underLock<T>(
  database: Database,
  billingCustomerId: string,
  work: (sql: Transaction) => Promise<T>,
): Promise<T> {
  const result = await database.begin(async (sql) => {
    // Sent together with the first statement of `work`. The server runs that only after it has the lock.
    const [, answer] = await Promise.all([lockBillingCustomer(sql, billingCustomerId), work(sql)])
    return answer
  })
  database.afterChange(billingCustomerId)
  return result as T
}
