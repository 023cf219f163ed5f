import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { suspendOrRestore } from '../../../customers/suspension.ts'
import { billingCustomerView } from './billing-customer-view.ts'
import { billingCustomerParams as params, billingCustomerPath, viewOf } from './billing-customers.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { json } from '../../../schemas/json.ts'

const summaries = {
  suspend: 'Suspend an active billing customer: no new enrollments, no charges',
  restore: 'Restore a suspended billing customer to its previous state',
}

/** Suspends and restores billing customers. A repeated call returns 200 and changes nothing. */
export function addSuspension(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  for (const wanted of ['suspend', 'restore'] as const) {
    const route = createRoute({
      tags: ['Billing customers'],
      security,
      middleware: guards(d, 'billing_customers:write'),
      method: 'post',
      path: `${billingCustomerPath}/${wanted}`,
      operationId: `${wanted}BillingCustomer`,
      summary: summaries[wanted],
      request: { params },
      responses: { 200: json(billingCustomerView), ...nativeRefusals },
    })
    app.openapi(route, async (c) => {
      const { id } = c.req.valid('param')
      await suspendOrRestore(d, c, { id, param: 'id' }, wanted)
      return c.json(await viewOf(d, c.get('caller'), id), 200)
    })
  }
}
