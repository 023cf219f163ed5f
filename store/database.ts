import postgres from 'postgres'

export type Database = postgres.Sql<{ bigint: number }>
/** Either the pool or a transaction: what every function of the store takes first. */
export type Sql = postgres.ISql<{ bigint: number }>
export type Transaction = postgres.TransactionSql<{ bigint: number }>

/**
 * Opens a pool on a PostgreSQL URL; nothing is connected before the first query. `statementTimeout` (milliseconds)
 * bounds each statement on the server.
 */
export function openDatabase(
  url: string,
  options: { name: string; max?: number; statementTimeout?: number },
): Database {
  return postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 2,
    idle_timeout: 60,
    onnotice: () => {},
    connection: {
      application_name: `billing-onboarding ${options.name}`,
      statement_timeout: options.statementTimeout ?? 0,
      TimeZone: 'UTC',
    },
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    // Amounts and counts stay far below 2^53; the driver would hand them out as texts.
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
  }) as unknown as Database
}

/** Says whether an error means that PostgreSQL could not be asked, as against having said no. */
export function isDatabaseAway(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string') return false
  // 57P0x: shutting down or starting; 57014: statement time-out; 53300: too many connections; 55P03: lock not available
  return /^(ECONN|CONNECT|CONNECTION_|EPIPE|ENOTFOUND|ETIMEDOUT|57P0|57014|53300|53100|08)/.test(code)
}
