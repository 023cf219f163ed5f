import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { invalid } from '../../../../domain/failure/failures.ts'
import type { GatewayName } from '../../../../domain/lifecycle.ts'
import type { ExistingIds } from '../../../../payments/customers/existing-ids.ts'
import type { OpenResult } from '../../../../store/lifecycle/onboarding-request.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import * as fields from '../../../schemas/fields.ts'
import { checkGateway, usualGatewayOf } from '../../../setup/brand-and-gateway.ts'
import { mapExisting, requireUsableIds } from '../../../setup/existing-ids.ts'
import { declineFailure } from '../../../setup/decline-failure.ts'
import { renameField } from '../../../setup/rename-field.ts'
import { creatorOf, openOnboarding, type OnboardingOptions } from '../../../setup/open-onboarding.ts'
import { submitSavedMethod, type SavedMethodSubmission } from '../../../setup/submit-saved-method.ts'
import { billingCustomerView } from './billing-customer-view.ts'
import { viewOf } from './billing-customers.ts'
import { declineRefusal, guards, nativeRefusals, security } from '../door.ts'
import {
  checkExistingIds,
  existingIdFields,
  existingIdsOf,
  paymentData,
  savedMethodOf,
} from '../../../schemas/payment-data.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { toPageChanges } from '../../../schemas/page-options.ts'
import { checkTrigger, openingFields } from '../../../schemas/opening-fields.ts'

const request = z
  .strictObject({
    customer_id: fields
      .text(256, 'usr_12345')
      .optional()
      .openapi({ description: `${fields.contactDescription}. Either customer_id or contact_id is required` }),
    contact_id: fields.text(256).optional().openapi({ description: 'An alias of customer_id' }),
    ...openingFields,
    metadata: fields.billingMetadata.optional(),
    payment_data: paymentData.optional(),
    ...existingIdFields,
  })
  .superRefine((body, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if ((body.customer_id === undefined) === (body.contact_id === undefined))
      refuse('customer_id', 'is required, or contact_id instead')
    checkTrigger(body, context)
    checkExistingIds(body, context)
  })
  .openapi('OpenBillingCustomer', { example: { customer_id: 'usr_12345', initial_amount: 1500 } })
const answer = billingCustomerView
  .extend({ existing: z.boolean().openapi({ description: 'Whether it existed before this call' }) })
  .openapi('OpenedBillingCustomer')

type Body = z.output<typeof request>

export function addOpenBillingCustomer(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const open = createRoute({
    tags: ['Billing customers'],
    security,
    middleware: guards(d, 'billing_customers:write'),
    method: 'post',
    path: '/v1/billing_customers',
    operationId: 'openBillingCustomer',
    summary: "Open or return a customer's onboarding; apply permitted changes",
    request: { body: jsonBody(request) },
    responses: {
      200: json(answer, 'Existed before'),
      201: json(answer, 'Created'),
      ...declineRefusal,
      ...nativeRefusals,
    },
  })
  app.openapi(open, async (c) => {
    const body = c.req.valid('json')
    const caller = c.get('caller')
    const gateway = body.gateway ?? usualGatewayOf(d, caller)
    const existing = existingIdsOf(body, gateway)
    checkGateway(d, caller, body.gateway)
    const verified = existing && (await requireUsableIds(d, caller, contactOf(body), existing))
    const method = methodOf(body, gateway, existing && { ...existing, isSaved: verified?.isSaved })
    const opened = await openOnboarding(d, caller, toAsked(c, body)).catch(inNativeWords(body))
    if (verified) await mapExisting(d, caller, opened, existing)
    if (method && opened.billingCustomer.status === 'pending')
      await submit(c, d, opened, method, existing ? 'payment_method_id' : 'payment_data')
    const view = await viewOf(d, caller, opened.billingCustomer.id)
    return c.json({ ...view, existing: opened.existing }, opened.existing ? 200 : 201)
  })
}

const contactOf = (body: Body) => (body.customer_id ?? body.contact_id)!

/**
 * Returns the payment method of a call, in either form. One that is not saved to a customer at the gateway yet is
 * submitted like `payment_data`.
 */
function methodOf(
  body: Body,
  gateway: GatewayName,
  existing: (ExistingIds & { isSaved: boolean | undefined }) | undefined,
): SavedMethodSubmission | undefined {
  if (existing?.methodId === undefined) return savedMethodOf(body.payment_data, gateway)
  const { methodId, gatewayCustomerId, isSaved } = existing
  return { gateway, methodId, gatewayCustomerId, ...(isSaved ? { source: 'imported' } : {}) }
}

const toAsked = (c: Context<CallEnv>, body: Body): OnboardingOptions => ({
  contactId: contactOf(body),
  createdBy: creatorOf(c),
  activateAtOnce: !body.payment_data && body.payment_method_id === undefined && body.billable_item_id === undefined,
  brand: body.brand_id,
  gateway: body.gateway,
  allowTrigger: body.billable_item_id === undefined ? body.allow_trigger : true,
  requireInitial: body.require_initial,
  initialAmountMinor: body.initial_amount,
  notes: body.notes,
  metadata: body.metadata,
  billableItemId: body.billable_item_id,
  page: toPageChanges(body.page),
})

/** Renames the fields in errors of shared code to those of this API. */
const inNativeWords = (body: Body) =>
  renameField({ bi_id: 'billable_item_id', contact_id: body.customer_id === undefined ? 'contact_id' : 'customer_id' })

/** Submits the saved payment method of the call. Throws if it was declined or cannot be used. */
async function submit(
  c: Context<CallEnv>,
  d: ApiDependencies,
  opened: OpenResult,
  method: SavedMethodSubmission,
  param: string,
): Promise<void> {
  const submission = { ...method, firstTryAt: c.get('firstTryAt') }
  const result = await submitSavedMethod(d, opened, submission, c.get('extendDeadline'), param)
  if (result.outcome === 'declined') throw declineFailure(c, result.message)
  if (result.outcome === 'unusable') throw invalid(param, 'is not a payment method that this organization can use')
}
