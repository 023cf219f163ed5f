import type { Sql } from './database.ts'

/**
 * Ends sessions of this service whose transaction is older than `seconds` and which wait for their client between two
 * messages of one statement, as when its process is frozen; returns how many. Only PostgreSQL 15 and 16 need it: there
 * no time limit of a session covers that wait (`statement_timeout` is held off while a message is awaited).
 */
export async function endStalledTransactions(sql: Sql, seconds: number): Promise<number> {
  const ended = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where current_setting('server_version_num')::integer < 170000
      and datname = current_database() and usename = current_user
      and starts_with(application_name, regexp_replace(current_setting('application_name'), '[^ ]+$', ''))
      and state = 'active' and wait_event = 'ClientRead'
      and xact_start < clock_timestamp() - make_interval(secs => ${seconds})`
  return ended.length
}
