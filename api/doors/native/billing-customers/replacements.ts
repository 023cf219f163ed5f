import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { invalid } from '../../../../domain/failure/failures.ts'
import { gatewayNames } from '../../../../domain/lifecycle.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { mustBe } from '../../../schemas/fields.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { checkGateway, usualGatewayOf } from '../../../setup/brand-and-gateway.ts'
import { declineFailure } from '../../../setup/decline-failure.ts'
import { requireBillingCustomer } from '../../../setup/onboarding-command.ts'
import { creatorOf } from '../../../setup/open-onboarding.ts'
import { openReplacement } from '../../../setup/open-replacement.ts'
import { submitSavedMethod } from '../../../setup/submit-saved-method.ts'
import { billingCustomerView } from './billing-customer-view.ts'
import { billingCustomerParams as params, billingCustomerPath, viewOf } from './billing-customers.ts'
import { replacementDeclineRefusal, guards, nativeRefusals, security } from '../door.ts'
import { paymentData, savedMethodOf } from '../../../schemas/payment-data.ts'
import { pageOptions, toPageChanges } from '../../../schemas/page-options.ts'
import { json, jsonBody } from '../../../schemas/json.ts'

const request = z
  .strictObject({
    gateway: z.enum(gatewayNames, mustBe(gatewayNames.join(' or '))).optional(),
    payment_data: paymentData.optional(),
    page: pageOptions.optional(),
  })
  .openapi('ReplacePaymentMethodRequest')

/** Replaces the payment method of an active billing customer, by link or with a saved one. Never charges. */
export function addReplacements(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const replace = createRoute({
    tags: ['Billing customers'],
    security,
    middleware: guards(d, 'billing_customers:write'),
    method: 'post',
    path: `${billingCustomerPath}/payment_method`,
    operationId: 'replacePaymentMethod',
    summary: 'Replace the payment method of an active billing customer; nothing is charged',
    description: 'Without payment_data, the customer enters the new payment method at replacement.setup_url.',
    request: { params, body: jsonBody(request) },
    responses: { 200: json(billingCustomerView), ...replacementDeclineRefusal, ...nativeRefusals },
  })
  app.openapi(replace, async (c) => {
    const caller = c.get('caller')
    const { gateway, payment_data, page } = c.req.valid('json')
    const method = savedMethodOf(payment_data, gateway ?? usualGatewayOf(d, caller))
    checkGateway(d, caller, gateway)
    const billingCustomer = await requireBillingCustomer(d, caller, c.req.valid('param').id)
    const opened = await openReplacement(d, caller, billingCustomer, gateway, toPageChanges(page), creatorOf(c))
    if (method) {
      const result = await submitSavedMethod(
        d,
        opened,
        { ...method, firstTryAt: c.get('firstTryAt') },
        c.get('extendDeadline'),
      )
      if (result.outcome === 'declined') throw declineFailure(c, result.message)
      if (result.outcome === 'unusable')
        throw invalid('payment_data', 'is not a payment method that this organization can use')
    }
    return c.json(await viewOf(d, caller, billingCustomer.id), 200)
  })
}
