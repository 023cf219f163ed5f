import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { toEdgeEnrollmentId } from '../../../domain/text/ids.ts'
import { notFound } from '../../../domain/failure/failures.ts'
import { billingCustomerStatuses, gatewayNames } from '../../../domain/lifecycle.ts'
import { findBillingCustomer } from '../../../store/billing-customers/billing-customers.ts'
import { listEnrollments } from '../../../store/catalog/enrollments.ts'
import { readLatestFacts } from '../../../store/onboardings/facts.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { edgeTime, toEdgeMetadata } from './billing-customer.ts'
import { addAction, requireBrand } from './door.ts'
import * as fields from './fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.optional(fields.organizationId),
    brand_id: fields.optional(fields.brandId),
    bc_id: fields.billingCustomerId,
  })
  .openapi('EdgeGetCustomer')

const answer = z
  .object({
    data: z.object({
      bc_id: z.string(),
      bc_dt: z.string(),
      bc_orgid: z.string(),
      bc_contid: z.string(),
      bc_status: z.enum(billingCustomerStatuses),
      bc_gateway: z.enum(gatewayNames),
      bc_payment_data: z.object({ pm_id: z.string(), pm_label: z.string(), customer_id: z.string() }).nullable(),
      bc_allow_trigger: z.number().int(),
      bc_initial_charged: z.number().int(),
      bc_meta: z.record(z.string(), z.unknown()).openapi({
        description: "The caller's metadata, with the current gateway as `_gateway` and the requested item as `_bi_id`",
      }),
    }),
    status: z.literal('success'),
    has_more: z.boolean().openapi({ description: 'Whether there are more enrollments: see getEnrollments' }),
    enrollments: z.array(
      z.object({
        ts_id: z.string(),
        ts_status: z.string(),
        ts_billable_item_id: z.string(),
        ts_last_triggered_at: z.string().nullable(),
        ts_consecutive_failures: z.number().int(),
      }),
    ),
  })
  .openapi('EdgeCustomer')

/** Limit of enrollments in the response, so that reading one customer stays cheap. */
const mostEnrollments = 100

export function addGetCustomer(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'getCustomer',
    scope: 'billing_customers:read',
    summary: 'Retrieve a billing customer and its enrollments',
    request,
    answer,
    handle: async (_c, body, caller) => {
      if (body.brand_id !== undefined) await requireBrand(d, caller, body.brand_id)
      const found = await findBillingCustomer(d.database, caller, body.bc_id)
      if (!found) throw notFound('Billing customer')
      const { rows: enrollments, hasMore } = await listEnrollments(d.database, caller, {
        billingCustomerId: found.id,
        limit: mostEnrollments,
        offset: 0,
      })
      const latest = found.status === 'pending' ? await readLatestFacts(d.database, found.id) : undefined
      const { paymentMethodId, paymentMethodLabel, gatewayCustomerId } = found
      return {
        data: {
          bc_id: found.id,
          bc_dt: edgeTime(found.createdAt),
          bc_orgid: found.organizationId,
          bc_contid: found.contactId,
          bc_status: found.status,
          bc_gateway: found.gateway,
          bc_payment_data: paymentMethodId
            ? { pm_id: paymentMethodId, pm_label: paymentMethodLabel ?? '', customer_id: gatewayCustomerId ?? '' }
            : null,
          bc_allow_trigger: found.allowTrigger ? 1 : 0,
          bc_initial_charged: found.initialCharged ? 1 : 0,
          bc_meta: toEdgeMetadata(found, latest?.billableItemId ?? null),
        },
        status: 'success' as const,
        has_more: hasMore,
        enrollments: enrollments.map((enrollment) => ({
          ts_id: toEdgeEnrollmentId(enrollment.id),
          ts_status: enrollment.status,
          ts_billable_item_id: enrollment.billableItemId,
          ts_last_triggered_at: enrollment.lastTriggeredAt ? edgeTime(enrollment.lastTriggeredAt) : null,
          ts_consecutive_failures: enrollment.consecutiveFailures,
        })),
      }
    },
  })
}
