import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { toMajorNumber } from '../../../domain/payment/money.ts'
import { listTriggerItems } from '../../../store/catalog/billable-items.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { addAction, requireBrand } from './door.ts'
import * as fields from './fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.optional(fields.organizationId),
    brand_id: fields.optional(fields.brandId),
    limit: fields.orElse(fields.limit, 1000),
    offset: fields.offset,
  })
  .openapi('EdgeGetItems')

const answer = z
  .object({
    data: z.array(
      z.object({
        bi_id: z.string(),
        bi_name: z.string(),
        bi_unit_price: z.number().openapi({ description: 'Major units' }),
        bi_currency: z.string(),
        bi_capture_mode: z.string(),
        bi_trigger_mode: z.string(),
        bi_trigger_condition: z.string().nullable(),
        bi_trigger_threshold: z.number().nullable(),
        bi_trigger_description: z.string().nullable(),
        bi_allow_amount_override: z.number().int(),
        api_sample: z.object({ endpoint: z.string(), body: z.record(z.string(), z.unknown()) }),
      }),
    ),
    count: z.number().int(),
    has_more: fields.hasMore,
    status: z.literal('success'),
  })
  .openapi('EdgeItems')

export function addGetItems(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'getItems',
    scope: 'billable_items:read',
    list: true,
    summary: 'List the active trigger items',
    request,
    answer,
    handle: async (_c, body, caller) => {
      if (body.brand_id !== undefined) await requireBrand(d, caller, body.brand_id)
      const { limit, offset } = body
      const { rows, hasMore } = await listTriggerItems(d.database, caller, { limit, offset })
      const data = rows.map((item) => ({
        bi_id: item.id,
        bi_name: item.name,
        bi_unit_price: toMajorNumber(item.amount, item.currency),
        bi_currency: item.currency,
        bi_capture_mode: item.captureMode,
        bi_trigger_mode: item.triggerMode,
        bi_trigger_condition: item.triggerCondition,
        bi_trigger_threshold: item.triggerThreshold === null ? null : Number(item.triggerThreshold),
        bi_trigger_description: item.description,
        bi_allow_amount_override: item.allowAmountOverride ? 1 : 0,
        api_sample: {
          endpoint: `${d.publicUrl}/public/edge/enroll`,
          body: {
            api_key: 'YOUR_API_KEY',
            org_id: caller.organizationId,
            brand_id: 'YOUR_BRAND_ID',
            billing_customer_id: 'bc_xxx',
            billable_item_id: item.id,
            contact_id: 'cont_xxx',
          },
        },
      }))
      return { data, count: data.length, has_more: hasMore, status: 'success' as const }
    },
  })
}
