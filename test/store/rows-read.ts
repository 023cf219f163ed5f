import type { Database, Transaction } from '../../store/database/database.ts'

/**
 * Returns the number of rows of a table that some work reads, with and without an index. The work gets the transaction
 * as its pool: what it begins belongs to the same transaction.
 */
export const rowsRead = (sql: Database, table: string, work: (database: Database) => Promise<unknown>) =>
  sql.begin(async (transaction) => {
    const before = await readSoFar(transaction, table)
    await work(asPool(transaction))
    return (await readSoFar(transaction, table)) - before
  })

async function readSoFar(sql: Transaction, table: string): Promise<number> {
  const [row] = await sql<[{ read: number }]>`
    select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as read
    from pg_stat_xact_user_tables where relname = ${table}`
  return row.read
}

const asPool = (sql: Transaction) =>
  new Proxy(sql, {
    get: (target, name) =>
      name === 'begin' ? (work: (sql: Transaction) => unknown) => work(sql) : Reflect.get(target, name),
  }) as unknown as Database
