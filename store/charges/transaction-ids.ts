import type { Sql } from '../database/database.ts'

// The ids of payments in lists that name transactions instead of payment objects. A row gets its own when it is
// recorded as paid, and otherwise when reconciliation first reads it.

/** Returns the object ids of those transactions of an account that are stored. */
export async function findObjectsOfTransactions(
  sql: Sql,
  accountId: string,
  transactionIds: string[],
): Promise<Map<string, string>> {
  const rows = await sql<{ transactionId: string; objectId: string }[]>`
    select transaction_id, object_id from payment_objects
    where account_id = ${accountId} and transaction_id = any(${transactionIds}) and object_id is not null`
  return new Map(rows.map(({ transactionId, objectId }) => [transactionId, objectId]))
}

/** Stores the transaction of a payment object, unless another one is stored. */
export async function storeTransactionId(
  sql: Sql,
  { accountId, objectId, transactionId }: { accountId: string; objectId: string; transactionId: string },
): Promise<void> {
  await sql`
    update payment_objects set transaction_id = ${transactionId}
    where account_id = ${accountId} and object_id = ${objectId} and transaction_id is null`
}
