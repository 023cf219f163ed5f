import type { Sql } from '../database/database.ts'

// How far the lists of a gateway account were compared. A killed process goes on at the page that is stored here.

/**
 * `comparedUntil`: what was created before was compared. `windowStart`: where the next window begins; null unless a
 * comparison is in progress. The rest: the window in progress; null between windows.
 */
export interface ListProgress {
  comparedUntil: Date
  windowStart: Date | null
  windowEnd: Date | null
  nextPage: string | null
}

interface ListOfAccount {
  accountId: string
  list: string
}

/** Returns how far a list was compared. The first time, it begins at `since`. */
export async function openList(sql: Sql, { accountId, list }: ListOfAccount, since: Date): Promise<ListProgress> {
  await sql`
    insert into gateway_lists (account_id, list, compared_until) values (${accountId}, ${list}, ${since})
    on conflict do nothing`
  const [row] = await sql<[ListProgress]>`
    select compared_until, window_start, window_end, next_page from gateway_lists
    where account_id = ${accountId} and list = ${list}`
  return row
}

/** A page that was compared. `until`: up to when its window was compared, if this was the last page. */
export interface ComparedPage {
  window: { from: Date; to: Date }
  next: string | null
  until: Date
  /** Whether the window is the last one of this comparison. */
  isLast: boolean
}

/** Records that a page was compared, and returns the progress: the window ends with its last page. */
export async function storePage(
  sql: Sql,
  { accountId, list }: ListOfAccount,
  { window, next, until, isLast }: ComparedPage,
): Promise<ListProgress> {
  const after =
    next === null
      ? { windowStart: isLast ? null : until, windowEnd: null, nextPage: null }
      : { windowStart: window.from, windowEnd: window.to, nextPage: next }
  const [row] = await sql<[ListProgress]>`
    update gateway_lists set ${sql(after)}, stopped_since = null,
      compared_until = ${next === null ? sql`${until}` : sql`compared_until`}
    where account_id = ${accountId} and list = ${list}
    returning compared_until, window_start, window_end, next_page`
  return row
}

/** Begins the window in progress again with its first page, with another end if it is given. */
export async function beginWindowAgain(
  sql: Sql,
  { accountId, list }: ListOfAccount,
  window?: { from: Date; to: Date },
): Promise<ListProgress> {
  const [row] = await sql<[ListProgress]>`
    update gateway_lists set next_page = null, window_end = ${window?.to ?? null},
      window_start = coalesce(${window?.from ?? null}::timestamptz, window_start)
    where account_id = ${accountId} and list = ${list}
    returning compared_until, window_start, window_end, next_page`
  return row
}
