import type { Logger } from 'pino'
import type { Database, Sql } from './database.ts'

/**
 * Ends sessions of this service whose transaction is older than `seconds` and which wait for their client between two
 * messages of one statement, as when its process is frozen; returns how many. Only PostgreSQL 15 and 16 need it: there
 * no time limit of a session covers that wait (`statement_timeout` is held off while a message is awaited).
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
 * Ends such sessions again and again once their transaction is older than `limit` milliseconds, the limit that newer
 * servers have themselves. Every process does it, so that locks end whichever of them is left. Returns a stop function.
 */
export function watchStalledTransactions(database: Database, log: Logger, limit = 5_000): () => void {
  const timer = setInterval(() => {
    endStalledTransactions(database, limit / 1_000).then(
      (ended) => ended > 0 && log.warn({ ended }, 'ended transactions whose process did not go on'),
      () => {}, // the next try comes soon
    )
  }, limit)
  return () => clearInterval(timer)
}
