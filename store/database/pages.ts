import type { PendingQuery, Row as AnyRow } from 'postgres'
import { invalid } from '../../domain/failure/failures.ts'
import { isIdOf, type Kind } from '../../domain/text/ids.ts'
import type { Sql } from './database.ts'

/** A request for one page of a list, newest first. */
export interface PageRequest {
  /** Maximum number of rows. */
  limit: number
  /** The `next_cursor` of the previous page. */
  cursor?: string | undefined
}

export interface Page<Row> {
  rows: Row[]
  /** The cursor of the next page; null on the last page. */
  nextCursor: string | null
}

/** A page of a list with offset pagination. */
export interface OffsetPage<Row> {
  rows: Row[]
  /** Whether there are more rows. The next offset is this offset plus the number of rows. */
  hasMore: boolean
}

/**
 * Maximum size of a page in bytes, by the `row_bytes` of each list; one row always fits. The driver buffers a page
 * before the response begins, so a slow client cannot stall a statement until `statement_timeout` (57014).
 */
export const pageBytes = 262_144
/** Minimum size counted for a row: each row costs time regardless of its bytes. */
const leastRowBytes = 1000

/** Filter on the creation time: inclusive start, exclusive end. */
export interface CreatedRange {
  createdFrom?: Date | undefined
  createdBefore?: Date | undefined
}

type Fragment = ReturnType<Sql>
/** A query without `order by`, with the columns `id` and `row_bytes` (approximate size of the row as JSON). */
type List = PendingQuery<AnyRow[]>

/** Returns an equality condition; empty if the value is undefined. */
export const only = (sql: Sql, column: Fragment, value: string | undefined): Fragment =>
  value === undefined ? sql`` : sql`and ${column} = ${value}`

/** Returns the conditions on a creation time; empty for an empty range. */
export const createdWithin = (
  sql: Sql,
  column: Fragment,
  { createdFrom, createdBefore }: CreatedRange,
): Fragment => sql`
  ${createdFrom ? sql`and ${column} >= ${createdFrom}` : sql``}
  ${createdBefore ? sql`and ${column} < ${createdBefore}` : sql``}`

/** Returns the cursor after the row with this id. */
export const encodeCursor = (id: string): string => Buffer.from(id).toString('base64url')

/**
 * Returns the id of the last row before a cursor. Throws `invalid_request` for an invalid cursor or one of another kind
 * of list.
 */
export function idOfCursor(cursor: string, kind: Kind): string {
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!isIdOf(kind, id) || encodeCursor(id) !== cursor)
    throw invalid('cursor', 'must be the next_cursor of an earlier response of this list')
  return id
}

/**
 * Returns the condition for rows after a cursor. Our ids sort by time, so these rows have smaller ids. Throws as
 * `idOfCursor`.
 */
export const afterCursor = (sql: Sql, column: Fragment, cursor: string | undefined, kind: Kind): Fragment =>
  cursor === undefined ? sql`true` : sql`${column} < ${idOfCursor(cursor, kind)}`

/** `afterCursor` for a walk that goes from the oldest row to the newest. */
export const afterId = (sql: Sql, column: Fragment, cursor: string | undefined, kind: Kind): Fragment =>
  cursor === undefined ? sql`true` : sql`${column} > ${idOfCursor(cursor, kind)}`

interface Slice {
  limit: number
  offset?: number
  oldestFirst?: boolean
  /** The column that orders the rows; `id` by default. */
  by?: 'id' | 'sequence'
}
type Counted<Row> = Row & { rowBytes: number; bytes: number; nth: number; found: number }

/**
 * Reads the rows of a list that fit into one page. Sizes are columns, so PostgreSQL neither sends the other rows nor
 * reads their TOAST values.
 */
async function readRows<Row>(sql: Sql, list: List, { limit, offset = 0, oldestFirst = false, by = 'id' }: Slice) {
  const order = oldestFirst ? sql`${sql(by)} asc` : sql`${sql(by)} desc`
  const counted = await sql<Counted<Row>[]>`
    with listed as (${list} order by ${order} limit ${limit + 1} offset ${offset}),
      counted as (
        select *, sum(greatest(row_bytes, ${leastRowBytes}::int)) over walk as bytes, row_number() over walk as nth,
          count(*) over () as found
        from listed window walk as (order by ${order} rows unbounded preceding)
      )
    select * from counted where nth <= ${limit} and (bytes <= ${pageBytes} or nth = 1) order by ${order}`
  const rows = counted.map(({ rowBytes: _size, bytes: _bytes, nth: _nth, found: _found, ...row }) => row as Row)
  return { rows, hasMore: rows.length < (counted[0]?.found ?? 0) }
}

/** Reads a page, newest first by default; see `readRows`. The list must contain only rows after the cursor. */
export async function readPage<Row extends { id: string }>(
  sql: Sql,
  list: List,
  slice: Omit<Slice, 'offset'>,
): Promise<Page<Row>> {
  const { rows, hasMore } = await readRows<Row>(sql, list, slice)
  return { rows, nextCursor: hasMore ? encodeCursor(rows.at(-1)!.id) : null }
}

/** `readPage` by offset, for doors with offset pagination. */
export const readPageFrom = <Row extends { id: string }>(
  sql: Sql,
  list: List,
  slice: Slice,
): Promise<OffsetPage<Row>> => readRows<Row>(sql, list, slice)
