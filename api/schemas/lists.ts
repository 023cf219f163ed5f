import { z } from '@hono/zod-openapi'
import { timeRule } from '../../domain/text/times.ts'
import type { Page } from '../../store/database/pages.ts'
import { instant } from './fields.ts'
import { checkRange, countInQuery } from './query-fields.ts'

/** A time in a response. */
export const time = z.string().openapi({ format: 'date-time' })

/** Query fields of every list. */
export const pageQuery = {
  limit: countInQuery(1, 100).default(25),
  cursor: z.string().min(1).max(100).optional().openapi({ description: 'The next_cursor of the previous page' }),
}

const created = instant(`${timeRule}; in a query write + as %2B`).optional()

/** Query fields of lists that can be narrowed by creation time. */
export const createdQuery = { created_from: created, created_before: created }

/** Returns the range for a function of the store. Throws `invalid_request` if it is empty. */
export function toRange(query: { created_from?: Date | undefined; created_before?: Date | undefined }) {
  const { created_from: createdFrom, created_before: createdBefore } = query
  checkRange(createdFrom, createdBefore, { from: 'created_from', before: 'created_before' })
  return { createdFrom, createdBefore }
}

export const pageOf = <View extends z.ZodType>(view: View, name: string) =>
  z.object({ data: z.array(view), has_more: z.boolean(), next_cursor: z.string().nullable() }).openapi(name)

export const toList = <Row, View>({ rows, nextCursor }: Page<Row>, view: (row: Row) => View) => ({
  data: rows.map(view),
  has_more: nextCursor !== null,
  next_cursor: nextCursor,
})
