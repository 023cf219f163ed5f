import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { billingCustomerStatuses, gatewayNames } from '../../../../domain/lifecycle.ts'
import { listBillingCustomers } from '../../../../store/billing-customers/list-billing-customers.ts'
import { listOperatorTasks } from '../../../../store/onboardings/operator-tasks.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { billingCustomerView, onboardingStatuses, viewBillingCustomer } from './billing-customer-view.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { createdQuery, pageOf, pageQuery, toList, toRange } from '../../../schemas/lists.ts'
import { json } from '../../../schemas/json.ts'
import { externalIdFilter, idFilter } from '../../../schemas/query-fields.ts'

const query = z.strictObject({
  ...pageQuery,
  ...createdQuery,
  status: z.enum(billingCustomerStatuses).optional(),
  onboarding_status: z
    .enum(onboardingStatuses)
    .optional()
    .openapi({ description: 'Status of the live onboarding, or else of the latest' }),
  customer_id: idFilter('customer').optional(),
  external_id: externalIdFilter.optional().openapi({ description: 'The current external id of the customer' }),
  gateway: z.enum(gatewayNames).optional(),
  blocked_on: z
    .enum(['customer', 'gateway', 'operator'])
    .optional()
    .openapi({ description: 'The party that the live onboarding waits for' }),
})

export function addListBillingCustomers(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const listing = createRoute({
    tags: ['Billing customers'],
    security,
    middleware: guards(d, 'billing_customers:read', { list: true, query: true }),
    method: 'get',
    path: '/v1/billing_customers',
    operationId: 'listBillingCustomers',
    summary: 'List billing customers and the progress of their onboardings, newest first',
    request: { query },
    responses: { 200: json(pageOf(billingCustomerView, 'BillingCustomerList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query')
    const caller = c.get('caller')
    const filter = {
      status: asked.status,
      onboardingStatus: asked.onboarding_status,
      customerId: asked.customer_id,
      externalId: asked.external_id,
      gateway: asked.gateway,
      blockedOn: asked.blocked_on,
      ...toRange(asked),
    }
    const page = await listBillingCustomers(d.database, caller, filter, { limit, cursor })
    const ids = page.rows.map(({ billingCustomer }) => billingCustomer.id)
    const needed = await listOperatorTasks(d.database, ids)
    const view = ({ billingCustomer, onboarding }: (typeof page.rows)[number]) => {
      const first = needed.find(({ billingCustomerId }) => billingCustomerId === billingCustomer.id)
      return viewBillingCustomer(d, billingCustomer, onboarding, first, caller)
    }
    return c.json(toList(page, view), 200)
  })
}
