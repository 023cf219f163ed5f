import type { PendingQuery, Row as AnyRow } from 'postgres'
import { invalid } from '../../domain/failure/failures.ts'
import { isIdOf, type Kind } from '../../domain/text/ids.ts'
import type { Sql } from './database.ts'

/** One page of a list, newest first. */
export interface PageRequest {
  /** Rows at most. */
  limit: number
  /** The `next_cursor` of the page before. */
  cursor?: string | undefined
}

export interface Page<Row> {
  rows: Row[]
  /** What brings the next page; null on the last one. */
  nextCursor: string | null
}

/** A page of a list that is walked by the number of rows that come before. */
export interface OffsetPage<Row> {
  rows: Row[]
  /** Whether rows come after it. The next offset is this one and the rows of this page. */
  hasMore: boolean
}

/**
 * Bytes that the rows of one page may have, as each list counts them; one row always fits. The driver reads a page into
 * memory before the answer begins: a client that reads slowly cannot keep PostgreSQL waiting until `statement_timeout`
 * cuts the statement (57014).
 */
export const pageBytes = 262_144
/** What a row counts at least, as it costs time besides its bytes. */
const leastRowBytes = 1000

/** When what a list holds was made: from the first on, before the second. */
export interface CreatedRange {
  createdFrom?: Date | undefined
  createdBefore?: Date | undefined
}

type Fragment = ReturnType<Sql>
/** A statement without an order, with the columns `id` and `row_bytes`: about what the row has as JSON. */
type List = PendingQuery<AnyRow[]>

/** A condition of a filter, where it was asked for. */
export const only = (sql: Sql, column: Fragment, value: string | undefined): Fragment =>
  value === undefined ? sql`` : sql`and ${column} = ${value}`

export const createdWithin = (
  sql: Sql,
  column: Fragment,
  { createdFrom, createdBefore }: CreatedRange,
): Fragment => sql`
  ${createdFrom ? sql`and ${column} >= ${createdFrom}` : sql``}
  ${createdBefore ? sql`and ${column} < ${createdBefore}` : sql``}`

const encode = (id: string) => Buffer.from(id).toString('base64url')

/**
 * Our ids are sorted by time: the rows after a cursor are those with a smaller id. Throws `invalid_request`, also for
 * the cursor of a list of another kind.
 */
export function afterCursor(sql: Sql, column: Fragment, cursor: string | undefined, kind: Kind): Fragment {
  if (cursor === undefined) return sql`true`
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!isIdOf(kind, id) || encode(id) !== cursor)
    throw invalid('cursor', 'must be the next_cursor of an earlier answer of this list')
  return sql`${column} < ${id}`
}

interface Slice {
  limit: number
  offset?: number
  oldestFirst?: boolean
}
type Counted<Row> = Row & { rowBytes: number; bytes: number; nth: number; found: number }

/**
 * Reads the rows of a list that fit into one page. PostgreSQL sends none of the rows beyond, and reads of none what it
 * stores apart from its row: sizes are columns.
 */
async function readRows<Row>(sql: Sql, list: List, { limit, offset = 0, oldestFirst = false }: Slice) {
  const order = oldestFirst ? sql`id asc` : sql`id desc`
  const counted = await sql<Counted<Row>[]>`
    with listed as (${list} order by ${order} limit ${limit + 1} offset ${offset}),
      counted as (
        select *, sum(greatest(row_bytes, ${leastRowBytes}::int)) over walk as bytes, row_number() over walk as nth, count(*) over () as found
        from listed window walk as (order by ${order} rows unbounded preceding)
      )
    select * from counted where nth <= ${limit} and (bytes <= ${pageBytes} or nth = 1) order by ${order}`
  const rows = counted.map(({ rowBytes: _size, bytes: _bytes, nth: _nth, found: _found, ...row }) => row as Row)
  return { rows, hasMore: rows.length < (counted[0]?.found ?? 0) }
}

/** Reads a page, newest first; see `readRows`. The list is the rows after the cursor. */
export async function readPage<Row extends { id: string }>(
  sql: Sql,
  list: List,
  { limit }: Pick<PageRequest, 'limit'>,
): Promise<Page<Row>> {
  const { rows, hasMore } = await readRows<Row>(sql, list, { limit })
  return { rows, nextCursor: hasMore ? encode(rows.at(-1)!.id) : null }
}

/** The same by offset, for doors that page so. */
export const readPageFrom = <Row extends { id: string }>(
  sql: Sql,
  list: List,
  slice: Slice,
): Promise<OffsetPage<Row>> => readRows<Row>(sql, list, slice)
