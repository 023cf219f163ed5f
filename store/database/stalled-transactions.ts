import type { Logger } from 'pino'
import type { Database, Sql } from './database.ts'

/**
 * Ends sessions of this service with a transaction older than `seconds` that wait for their client in the middle of a
 * statement, for example because its process is frozen. Returns how many. Needed for PostgreSQL 15 and 16, where no
 * timeout covers that wait (`statement_timeout` is suspended while a message is awaited).
 */
async function endStalledTransactions(sql: Sql, seconds: number): Promise<number> {
  const ended = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where current_setting('server_version_num')::integer < 170000
      and datname = current_database() and usename = current_user
      and starts_with(application_name, regexp_replace(current_setting('application_name'), '[^ ]+$', ''))
      and state = 'active' and wait_event = 'ClientRead'
      and xact_start < clock_timestamp() - make_interval(secs => ${seconds})`
  return ended.length
}

/**
 * Periodically ends such sessions once their transaction is older than `limit` milliseconds. Newer servers have this
 * limit themselves. Every process does it, so that any remaining one frees the locks. Returns a stop function.
 */
export function watchStalledTransactions(database: Database, log: Logger, limit = 5_000): () => void {
  const timer = setInterval(() => {
    endStalledTransactions(database, limit / 1_000).then(
      (ended) => ended > 0 && log.warn({ ended }, 'ended stalled transactions'),
      () => {}, // retried at the next interval
    )
  }, limit)
  return () => clearInterval(timer)
}
