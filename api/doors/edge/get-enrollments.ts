import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { listEnrollments } from '../../../store/catalog/enrollments.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { addAction, requireBrand } from './door.ts'
import { edgeEnrollment, toEdgeEnrollment } from './enrollment.ts'
import * as fields from './fields.ts'
import { idFilter } from '../../schemas/query-fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.optional(fields.organizationId),
    brand_id: fields.optional(fields.brandId),
    status: fields.optional(
      z.enum(['active', 'paused', 'cancelled'], { error: 'must be active, paused or cancelled' }),
    ),
    billing_customer_id: fields.optional(idFilter('billingCustomer')),
    billable_item_id: fields.optional(idFilter('billableItem')),
    limit: fields.orElse(fields.limit, 50),
    offset: fields.offset,
  })
  .openapi('EdgeGetEnrollments')

const answer = z
  .object({
    data: z.array(edgeEnrollment.extend({ ts_last_charge_status: z.string().nullable() })),
    count: z.number().int(),
    has_more: fields.hasMore,
    status: z.literal('success'),
  })
  .openapi('EdgeEnrollments')

export function addGetEnrollments(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'getEnrollments',
    scope: 'enrollments:read',
    list: true,
    summary: 'List enrollments in trigger items',
    request,
    answer,
    handle: async (_c, body, caller) => {
      if (body.brand_id !== undefined) await requireBrand(d, caller, body.brand_id)
      const { rows, hasMore } = await listEnrollments(d.database, caller, {
        status: body.status,
        billingCustomerId: body.billing_customer_id,
        billableItemId: body.billable_item_id,
        limit: body.limit,
        offset: body.offset,
      })
      // This service makes no trigger charges, so there is never a last one.
      const data = rows.map((enrollment) => ({
        ...toEdgeEnrollment(enrollment, enrollment.contactId),
        ts_last_charge_status: null,
      }))
      return { data, count: data.length, has_more: hasMore, status: 'success' as const }
    },
  })
}
