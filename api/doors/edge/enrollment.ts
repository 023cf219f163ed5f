import { z } from '@hono/zod-openapi'
import { toEdgeEnrollmentId } from '../../../domain/text/ids.ts'
import type { Enrollment } from '../../../store/catalog/enrollments.ts'
import { edgeTime } from './billing-customer.ts'

export const edgeEnrollment = z
  .object({
    ts_dt: z.string(),
    ts_id: z.string().openapi({ example: 'ts_01k2…' }),
    ts_contid: z.string(),
    ts_status: z.enum(['active', 'paused', 'cancelled']),
    ts_billable_item_id: z.string(),
    ts_billing_customer_id: z.string(),
    ts_consecutive_failures: z.number().int(),
  })
  .openapi('EdgeEnrollment')

export function toEdgeEnrollment(enrollment: Enrollment, contactId: string): z.input<typeof edgeEnrollment> {
  return {
    ts_dt: edgeTime(enrollment.createdAt),
    ts_id: toEdgeEnrollmentId(enrollment.id),
    ts_contid: contactId,
    ts_status: enrollment.status,
    ts_billable_item_id: enrollment.billableItemId,
    ts_billing_customer_id: enrollment.billingCustomerId,
    ts_consecutive_failures: enrollment.consecutiveFailures,
  }
}
