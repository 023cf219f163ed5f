export interface SessionSettings {
  /** Bounds each statement on the server, in milliseconds; the server's own setting holds where it is 0. */
  statementTimeout: number
  /** Bounds each transaction on the server, in milliseconds; the server's own setting holds where it is 0. */
  transactionTimeout: number
  /** The schema that holds our tables; the one that the server picks where it is undefined. */
  schema: string | undefined
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
const set = (name: string, value: string) => `set_config('${name}', ${literal(value)}, false)`
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`

/**
 * Returns the statement that sets up a new session. It runs before any other statement and not as startup parameters:
 * PgBouncer refuses unknown ones (https://www.pgbouncer.org/config.html#ignore_startup_parameters), and so does a
 * server that is too old for one. `transaction_timeout` exists since PostgreSQL 17; before, the two other limits bound
 * how long a process that froze in a transaction keeps its locks.
 */
export function sessionStatement({ statementTimeout, transactionTimeout, schema }: SessionSettings): string {
  const settings = [set('TimeZone', 'UTC')]
  if (schema !== undefined) settings.push(set('search_path', identifier(schema)))
  if (statementTimeout > 0) settings.push(set('statement_timeout', String(statementTimeout)))
  if (transactionTimeout > 0) {
    const limit = String(transactionTimeout)
    settings.push(
      set('idle_in_transaction_session_timeout', limit),
      `case when current_setting('server_version_num')::integer >= 170000 then ${set('transaction_timeout', limit)} end`,
    )
  }
  return `select ${settings.join(', ')}`
}
