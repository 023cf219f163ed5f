import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Suspension } from '../../../store/billing-customers/suspension.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { suspendOrRestore } from '../../customers/suspension.ts'
import { edgeBillingCustomer, toEdgeBillingCustomer } from './billing-customer.ts'
import { addAction, requireBrand } from './door.ts'
import * as fields from './fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.optional(fields.organizationId),
    brand_id: fields.optional(fields.brandId),
    bc_id: fields.billingCustomerId,
  })
  .openapi('EdgeSuspendOrRestoreCustomer')

const answer = z
  .object({ data: edgeBillingCustomer, status: z.literal('success'), billing_customer_id: z.string() })
  .openapi('EdgeSuspendedOrRestoredCustomer')

const summaries: Record<Suspension, string> = {
  suspend: 'Suspend an active billing customer: no new enrollments and no charges; all data is kept',
  restore: 'Restore a suspended billing customer to its previous state',
}

/** `suspendCustomer` and `restoreCustomer`. The documents list no parameters, so these are those of getCustomer. */
export function addSuspendAndRestore(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  for (const wanted of ['suspend', 'restore'] as const)
    addAction(app, d, {
      name: `${wanted}Customer`,
      scope: 'billing_customers:write',
      summary: summaries[wanted],
      request,
      answer,
      handle: async (c, body, caller) => {
        if (body.brand_id !== undefined) await requireBrand(d, caller, body.brand_id)
        const found = await suspendOrRestore(d, c, { id: body.bc_id, param: 'bc_id' }, wanted)
        const data = toEdgeBillingCustomer(found, found.contactId)
        return { data, status: 'success' as const, billing_customer_id: found.id }
      },
    })
}
