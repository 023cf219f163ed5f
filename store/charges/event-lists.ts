import type { Sql } from '../database/database.ts'
import type { ListProgress } from './gateway-lists.ts'
import { reconciledSince } from './reconciliation.ts'

// When the list of the events of each gateway account is read. How far it was read is in the same row.

/** `isStuck`: an event has stopped it for an hour. */
export interface DueEventList extends Omit<ListProgress, 'windowStart'> {
  accountId: string
  isStuck: boolean
}

/**
 * Adds the list of each account that has none: of organizations, in every status, and those of the installation that
 * are configured. It is due, and begins as those of the reconciliation.
 */
export async function addEventLists(sql: Sql, ofInstallation: string[]): Promise<void> {
  const since = await reconciledSince(sql)
  await sql`
    insert into gateway_lists (account_id, list, compared_until, due_at)
    select id, 'events', ${since}, now() from gateway_accounts a
    where (organization_id is not null or id = any(${ofInstallation}))
      and not exists (select 1 from gateway_lists l where l.account_id = a.id and l.list = 'events')
    on conflict do nothing`
}

/**
 * Claims lists that are due, and postpones each by two minutes: if the worker dies, another one goes on then.
 * Concurrent workers share the work through `skip locked`.
 */
export const claimDueEventLists = (sql: Sql, limit: number): Promise<DueEventList[]> =>
  sql<DueEventList[]>`
    update gateway_lists l set due_at = now() + interval '2 minutes'
    from (
      select account_id from gateway_lists where list = 'events' and due_at <= now()
      order by due_at limit ${limit} for update skip locked
    ) due
    where l.account_id = due.account_id and l.list = 'events'
    returning l.account_id, l.compared_until, l.window_end, l.next_page,
      coalesce(l.stopped_since < now() - interval '1 hour', false) as is_stuck`

/** Records that a list was read to its end, and when it is due again. */
export async function finishEventList(sql: Sql, accountId: string, dueAt: Date): Promise<void> {
  await sql`
    update gateway_lists set due_at = ${dueAt}, finished_at = now()
    where account_id = ${accountId} and list = 'events'`
}

/** Makes a list due in some seconds. No event stops it. */
export async function postponeEventList(sql: Sql, accountId: string, seconds: number): Promise<void> {
  await sql`
    update gateway_lists set due_at = now() + make_interval(secs => ${seconds}), stopped_since = null
    where account_id = ${accountId} and list = 'events'`
}

/** Records that an event stops a list. It is due again in a minute. */
export async function stopEventList(sql: Sql, accountId: string): Promise<void> {
  await sql`
    update gateway_lists
    set due_at = now() + interval '1 minute', stopped_since = coalesce(stopped_since, now())
    where account_id = ${accountId} and list = 'events'`
}
