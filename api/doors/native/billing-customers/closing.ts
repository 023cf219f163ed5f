import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { Failure } from '../../../../domain/failure/failures.ts'
import { allows } from '../../../../domain/tenant/scopes.ts'
import { removePaymentMethod } from '../../../../store/billing-customers/remove-method.ts'
import { closeBillingCustomer } from '../../../../store/lifecycle/close-billing-customer.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { authorOf, isAppliedCall } from '../../../call/idempotency.ts'
import * as fields from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { requireBillingCustomer } from '../../../setup/onboarding-command.ts'
import { creatorOf } from '../../../setup/open-onboarding.ts'
import { billingCustomerView } from './billing-customer-view.ts'
import { billingCustomerParams as params, billingCustomerPath, viewOf } from './billing-customers.ts'
import { guards, nativeRefusals, security } from '../door.ts'

const request = z
  .strictObject({
    reason: fields.reason('The contract has ended'),
    refund_initial: z
      .boolean()
      .optional()
      .openapi({
        description:
          'Whether what is left of the initial charge is refunded, which also requires the scope charges:write. ' +
          'Default: false',
      }),
  })
  .openapi('CloseBillingCustomerRequest')

/** Ends billing customers for good, and removes payment methods. */
export function addClosing(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: ['Billing customers'], security, middleware: guards(d, 'billing_customers:write') }
  const close = createRoute({
    ...common,
    method: 'post',
    path: `${billingCustomerPath}/close`,
    operationId: 'closeBillingCustomer',
    summary: 'Close an active or suspended billing customer for good',
    description:
      'Cancels its enrollments and its replacement, removes its payment method and invalidates its links. Opening it ' +
      'again makes it pending, with a new onboarding; an initial charge that was not fully refunded is not made again.',
    request: { params, body: jsonBody(request) },
    responses: { 200: json(billingCustomerView), ...nativeRefusals },
  })
  app.openapi(close, async (c) => {
    const caller = c.get('caller')
    const { reason, refund_initial: refundInitial = false } = c.req.valid('json')
    // As for a refund by POST /v1/charges/{id}/refund.
    if (refundInitial && !allows(caller.scopes, 'charges:write'))
      throw new Failure('forbidden', 'the API key lacks the scope charges:write, which refund_initial requires')
    const { id } = await requireBillingCustomer(d, caller, c.req.valid('param').id)
    if (await isAppliedCall(d, c)) return c.json(await viewOf(d, caller, id), 200)
    const wanted = { reason, refundInitial, createdBy: creatorOf(c) }
    const { replacement, chargeId } = await closeBillingCustomer(d.database, id, wanted, authorOf(c))
    if (replacement) d.runs.signal(replacement, 'recordChanged')
    if (chargeId) d.runs.signalCharge(chargeId)
    return c.json(await viewOf(d, caller, id), 200)
  })

  const removeMethod = createRoute({
    ...common,
    method: 'delete',
    path: `${billingCustomerPath}/payment_method`,
    operationId: 'removePaymentMethod',
    summary: 'Remove the payment method of a billing customer that is not enrolled',
    description: 'A payment method that the service attached is also detached at the gateway, unless others use it.',
    request: { params },
    responses: { 200: json(billingCustomerView), ...nativeRefusals },
  })
  app.openapi(removeMethod, async (c) => {
    const caller = c.get('caller')
    const { id } = await requireBillingCustomer(d, caller, c.req.valid('param').id)
    await removePaymentMethod(d.database, id, byApiKey(caller.id))
    return c.json(await viewOf(d, caller, id), 200)
  })
}
