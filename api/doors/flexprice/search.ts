import { z } from '@hono/zod-openapi'
import * as fields from '../../schemas/fields.ts'
import type { CustomerFilter } from '../../../store/customers/list-customers.ts'
import { customerView } from './customer.ts'
import { checkRange, idFilter } from '../../schemas/query-fields.ts'

const direction = z.enum(['asc', 'desc'], fields.mustBe('asc or desc'))
const count = (least: number, most: number) =>
  z
    .number(fields.mustBe('a whole number'))
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)
const listOf = <Entry extends z.ZodType>(entry: Entry, most: number) =>
  z
    .array(entry, fields.mustBe('an array of strings'))
    .min(1, 'must have at least one entry')
    .max(most, `must have at most ${most} entries`)

export const searchRequest = z
  .strictObject({
    customer_ids: listOf(idFilter('customer'), 1000).optional(),
    external_ids: listOf(fields.text(256), 1000).optional(),
    external_id: fields.text(256).optional(),
    parent_customer_ids: listOf(idFilter('customer'), 1000).optional(),
    email: fields.email().optional(),
    start_time: fields.instant().optional().openapi({ type: 'string', format: 'date-time' }),
    end_time: fields.instant().optional().openapi({ type: 'string', format: 'date-time' }),
    status: z.enum(['published', 'archived', 'deleted'], fields.mustBe('published, archived or deleted')).optional(),
    sort: z
      .array(z.strictObject({ field: z.literal('created_at', fields.mustBe('created_at')), direction }))
      .max(1, 'must have at most 1 entry')
      .optional(),
    order: direction.optional(),
    limit: count(1, 1000).default(50),
    offset: count(0, Number.MAX_SAFE_INTEGER).default(0),
  })
  .openapi('FlexpriceSearchCustomers', { example: { limit: 50, offset: 0, order: 'desc' } })

type Search = z.output<typeof searchRequest>

export const searchAnswer = z
  .object({
    items: z.array(customerView),
    pagination: z.object({
      total: z.number().int().openapi({ description: 'Counted up to 10000' }),
      limit: z.number().int(),
      offset: z.number().int(),
    }),
  })
  .openapi('FlexpriceCustomerList')

/** Returns the filter for the store. Throws `invalid_request` for an empty range of time. */
export function toFilter(search: Search): CustomerFilter {
  checkRange(search.start_time, search.end_time, { from: 'start_time', before: 'end_time' })
  return {
    // No door returns archived or deleted customers.
    ids: (search.status ?? 'published') === 'published' ? search.customer_ids : [],
    externalIds: search.external_ids,
    externalId: search.external_id,
    parentCustomerIds: search.parent_customer_ids,
    email: search.email,
    createdFrom: search.start_time,
    createdBefore: search.end_time,
  }
}

export const isOldestFirst = ({ sort, order }: Search) => (sort?.[0]?.direction ?? order) === 'asc'
