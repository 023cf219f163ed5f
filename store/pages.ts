import { invalid } from '../domain/failures.ts'
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

/** When what a list holds was made: from the first on, before the second. */
export interface CreatedRange {
  createdFrom?: Date | undefined
  createdBefore?: Date | undefined
}

type Fragment = ReturnType<Sql>

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

/** Our ids are sorted by time: the rows after a cursor are those with a smaller id. Throws `invalid_request`. */
export function afterCursor(sql: Sql, column: Fragment, cursor: string | undefined): Fragment {
  if (cursor === undefined) return sql`true`
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!/^[a-z]+_[0-9a-z]{26}$/.test(id) || encode(id) !== cursor)
    throw invalid('cursor', 'must be the next_cursor of an earlier answer')
  return sql`${column} < ${id}`
}

/** Makes a page of rows of which one more was read than it may hold. */
export function toPage<Row extends { id: string }>(rows: Row[], limit: number): Page<Row> {
  const page = rows.slice(0, limit)
  return { rows: page, nextCursor: rows.length > limit ? encode(page.at(-1)!.id) : null }
}
