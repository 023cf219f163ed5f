import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { gatewayFacts } from '../../../domain/gateways/list.ts'
import type { GatewayName } from '../../../domain/lifecycle.ts'
import { invalid, notFound } from '../../../domain/failure/failures.ts'
import { findBillingCustomer } from '../../../store/billing-customers/billing-customers.ts'
import type { OpenResult } from '../../../store/lifecycle/onboarding-request.ts'
import type { Caller } from '../../call/auth.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { declineFailure } from '../../setup/decline-failure.ts'
import { renameField } from '../../setup/rename-field.ts'
import { creatorOf, linkOf, openOnboarding } from '../../setup/open-onboarding.ts'
import { submitSavedMethod, type SubmissionOutcome } from '../../setup/submit-saved-method.ts'
import { edgeBillingCustomer, keptMetadata, toEdgeBillingCustomer } from './billing-customer.ts'
import { wrongFields } from '../../errors/wrong-fields.ts'
import { addAction, checkGateway, usualGatewayOf } from './door.ts'
import * as fields from './fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.organizationId,
    brand_id: fields.brandId,
    contact_id: fields.contactId,
    gateway: fields.optional(fields.gateway),
    payment_data: fields.optional(z.record(z.string(), z.unknown(), { error: 'must be an object' })).openapi({
      description: `A saved payment method: ${fields.savedMethodsByGateway}`,
      type: ['object', 'null'],
    }),
    allow_trigger: fields.optional(
      fields.flag(
        'Whether trigger billing is allowed. It is stored for the system that fires trigger items; enroll does not ' +
          'depend on it. Must be 1 with bi_id. Default 0',
      ),
    ),
    require_initial: fields.optional(fields.flag('Whether an initial charge is made. Default 1')),
    initial_amount: fields
      .optional(z.number({ error: 'must be a number' }).positive('must be above 0'))
      .openapi({ description: 'Major units. Default 15.00', example: 15 }),
    notes: fields.optional(fields.notes),
    meta: fields.optional(fields.metadata),
    bi_id: fields
      .optional(fields.billableItemId)
      .openapi({ description: 'A trigger item to enroll in after activation' }),
    ...fields.pageFields,
  })
  .openapi('EdgeCreateCustomer')

const answer = z
  .object({
    data: edgeBillingCustomer,
    status: z.literal('success'),
    existing: z.boolean(),
    billing_customer_id: z.string(),
  })
  .openapi('EdgeCreatedCustomer')

type Body = z.output<typeof request>

export function addCreateCustomer(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'createCustomer',
    scope: 'billing_customers:write',
    summary: 'Create a billing customer, or return the existing one',
    request,
    answer,
    handle: async (c, body, caller) => {
      const method = savedMethod(body, body.gateway ?? usualGatewayOf(d, caller))
      checkGateway(d, caller, body.gateway)
      const opened = await openFor(c, d, body, caller)
      if (!method || opened.billingCustomer.status !== 'pending') return toAnswer(d, opened, body.contact_id)
      const outcome = await submitSavedMethod(
        d,
        opened,
        { ...method, firstTryAt: c.get('firstTryAt') },
        c.get('extendDeadline'),
      )
      return answerSubmission(c, d, opened, { contactId: body.contact_id, gateway: method.gateway }, outcome)
    },
  })
}

/** Returns the payment data for the gateway. Rejects keys of another gateway. */
function savedMethod({ payment_data: data }: Body, gateway: GatewayName) {
  if (!data) return undefined
  const parsed = fields.savedMethods[gateway].safeParse(data)
  if (!parsed.success)
    throw wrongFields(parsed.error.issues.map((issue) => ({ ...issue, path: ['payment_data', ...issue.path] })))
  const { field, customer } = gatewayFacts[gateway].savedMethod
  return { gateway, methodId: parsed.data[field]!, gatewayCustomerId: customer && parsed.data[customer.field] }
}

const isOne = (flag: 0 | 1 | undefined) => (flag === undefined ? undefined : flag === 1)

async function openFor(c: Context<CallEnv>, d: ApiDependencies, body: Body, caller: Caller): Promise<OpenResult> {
  if (body.bi_id !== undefined && body.allow_trigger === 0) throw invalid('allow_trigger', 'must be 1 if bi_id is set')
  return openOnboarding(d, caller, {
    contactId: body.contact_id,
    createdBy: creatorOf(c),
    brand: body.brand_id,
    activateAtOnce: !body.payment_data && body.bi_id === undefined,
    gateway: body.gateway,
    allowTrigger: body.bi_id === undefined ? isOne(body.allow_trigger) : true,
    requireInitial: isOne(body.require_initial),
    initialAmountMajor: body.initial_amount,
    notes: body.notes,
    metadata: keptMetadata(body.meta, body.bi_id),
    billableItemId: body.bi_id,
    page: fields.toPageChanges(body),
  }).catch(renameField({ metadata: 'meta', 'page.return_url': 'return_url' }))
}

function toAnswer(
  d: ApiDependencies,
  opened: OpenResult,
  contactId: string,
  requiresAction = false,
): z.input<typeof answer> {
  const { billingCustomer, existing } = opened
  const pending = billingCustomer.status === 'pending'
  return {
    data: toEdgeBillingCustomer(billingCustomer, contactId, {
      setup_url: pending ? linkOf(d, opened) : undefined,
      requires_action: requiresAction ? true : undefined,
    }),
    status: 'success',
    existing,
    billing_customer_id: billingCustomer.id,
  }
}

async function answerSubmission(
  c: Context<CallEnv>,
  d: ApiDependencies,
  opened: OpenResult,
  { contactId, gateway }: { contactId: string; gateway: GatewayName },
  outcome: SubmissionOutcome,
) {
  const named = { billingCustomerId: opened.billingCustomer.id }
  if (outcome.outcome === 'declined') throw declineFailure(c, outcome.message).with(named)
  if (outcome.outcome === 'unusable') {
    const param = `payment_data.${gatewayFacts[gateway].savedMethod.field}`
    throw invalid(param, 'is not a payment method that this organization can use').with(named)
  }
  const billingCustomer = await findBillingCustomer(d.database, opened.billingCustomer, opened.billingCustomer.id)
  if (!billingCustomer) throw notFound('Billing customer')
  return toAnswer(d, { ...opened, billingCustomer }, contactId, outcome.outcome === 'requires_action')
}
