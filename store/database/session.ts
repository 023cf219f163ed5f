export interface SessionSettings {
  /** Limit of each statement in milliseconds; 0 keeps the server's setting. */
  statementTimeout: number
  /** Limit of each transaction in milliseconds; 0 keeps the server's setting. */
  transactionTimeout: number
  /** The schema of our tables; undefined keeps the server's search path. */
  schema: string | undefined
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
const set = (name: string, value: string) => `set_config('${name}', ${literal(value)}, false)`
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`

/**
 * Returns the first statement of a new session. Not startup parameters: PgBouncer
 * (https://www.pgbouncer.org/config.html#ignore_startup_parameters) and older servers reject unknown ones. Before
 * PostgreSQL 17, which added `transaction_timeout`, the other two limits free the locks of frozen processes.
 */
export function sessionStatement({ statementTimeout, transactionTimeout, schema }: SessionSettings): string {
  const settings = [set('TimeZone', 'UTC')]
  if (schema !== undefined) settings.push(set('search_path', identifier(schema)))
  if (statementTimeout > 0) settings.push(set('statement_timeout', String(statementTimeout)))
  if (transactionTimeout > 0) {
    const limit = String(transactionTimeout)
    settings.push(
      set('idle_in_transaction_session_timeout', limit),
      `case when current_setting('server_version_num')::integer >= 170000
        then ${set('transaction_timeout', limit)} end`,
    )
  }
  return `select ${settings.join(', ')}`
}
