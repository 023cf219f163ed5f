import { billingCustomerStatuses } from '../../../domain/lifecycle.ts'
import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { conflict, Failure, notFound } from '../../../domain/failure/failures.ts'
import { toEdgeRevenueId } from '../../../domain/text/ids.ts'
import { findBillingCustomer, type BillingCustomer } from '../../../store/billing-customers/billing-customers.ts'
import { findNewestSetup } from '../../../store/payments/form-sessions.ts'
import { readFacts } from '../../../store/onboardings/facts.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { declineFailure } from '../../setup/decline-failure.ts'
import { submitSession, type SessionOutcome } from '../../setup/submit-session.ts'
import { linkOf } from '../../setup/open-onboarding.ts'
import type { OpenedSetup } from '../../setup/open-replacement.ts'
import { extendDeadline } from '../../setup/extend-deadline.ts'
import { addAction, requireBrand } from './door.ts'
import * as fields from './fields.ts'
import { findChargeOfOnboarding } from '../../../store/charges/charges.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.organizationId,
    brand_id: fields.optional(fields.brandId),
    billing_customer_id: fields.billingCustomerId,
    gateway: fields.gateway,
  })
  .openapi('EdgeConfirmPaymentMethod')

const label = z.string().openapi({ example: 'Visa •••• 4242' })
const card = z.object({
  pm_id: z.string(),
  pm_type: z.literal('card'),
  pm_label: label,
  card_brand: z.string(),
  card_last4: z.string(),
  customer_id: z.string(),
  card_exp_year: z.number().int(),
  card_exp_month: z.number().int(),
})
const wallet = z.object({ payer_id: z.string().nullable(), pm_label: z.string(), vault_token: z.string() })
const answer = z
  .object({
    data: z.object({
      gateway: fields.gateway,
      pm_label: label.nullable(),
      bc_status: z.enum(billingCustomerStatuses),
      revenue_id: z.string().nullable().openapi({ description: 'The initial charge; null if none was made' }),
      payment_data: z.union([card, wallet]).nullable(),
      billing_customer_id: z.string(),
      setup_url: z.string().optional().openapi({ description: 'Only while the result is pending' }),
      requires_action: z.literal(true).optional(),
    }),
    status: z.literal('success'),
  })
  .openapi('EdgeConfirmedPaymentMethod')

/** Step two for callers with their own form: submits the payment method entered there, as the page does. */
export function addConfirmPaymentMethod(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'confirmPaymentMethod',
    scope: 'billing_customers:write',
    summary: 'Submit the payment method entered in your own form: charge, activate, enroll',
    request,
    answer,
    handle: async (c, body, caller) => {
      if (body.brand_id !== undefined) await requireBrand(d, caller, body.brand_id)
      const billingCustomer = await findBillingCustomer(d.database, caller, body.billing_customer_id)
      if (!billingCustomer) throw notFound('Billing customer', 'billing_customer_id')
      const setUp = await findNewestSetup(d.database, billingCustomer.id, body.gateway)
      const onboarding = setUp && (await readFacts(d.database, setUp))
      if (!onboarding)
        throw conflict('setup_over', 'gateway', `there is no setup at ${body.gateway}; call setupPaymentMethod first`)
      const opened = { billingCustomer, onboarding }
      if (onboarding.result === 'completed') return toAnswer(d, opened)
      if (onboarding.endedAt)
        throw conflict('setup_over', 'gateway', 'the setup is no longer valid; call setupPaymentMethod again')
      const alive = c.get('extendDeadline')
      const outcome = await extendDeadline(alive, () => submitSession(d, opened, body.gateway, alive))
      const refusal = refusalOf(c, outcome)
      if (refusal) throw refusal.with({ billingCustomerId: billingCustomer.id })
      const now = (await findBillingCustomer(d.database, caller, billingCustomer.id))!
      const facts = (await readFacts(d.database, onboarding.onboardingId))!
      // Until there is a result, a retry with the same key runs again and returns the current state.
      c.set('isOutcome', facts.result === 'completed')
      return toAnswer(d, { billingCustomer: now, onboarding: facts }, outcome.outcome === 'requires_action')
    },
  })
}

/** Returns the error of a form whose payment method was not accepted. */
function refusalOf(c: Context, result: SessionOutcome): Failure | undefined {
  if (result.outcome === 'declined') return declineFailure(c, result.message, 'gateway')
  if (result.outcome === 'declined_on_form')
    return new Failure('payment_declined', result.message, { param: 'gateway' })
  if (result.outcome === 'unusable')
    return conflict('setup_over', 'gateway', 'the entered payment method cannot be used; call setupPaymentMethod again')
  if (result.outcome === 'not_entered')
    return conflict('payment_method_missing', 'gateway', 'the customer has not entered a payment method yet')
  return undefined
}

async function toAnswer(
  d: ApiDependencies,
  { billingCustomer, onboarding }: OpenedSetup,
  requiresAction = false,
): Promise<z.input<typeof answer>> {
  const done = onboarding.result === 'completed'
  return {
    data: {
      gateway: done ? billingCustomer.gateway : onboarding.gateway,
      pm_label: done ? billingCustomer.paymentMethodLabel : null,
      bc_status: billingCustomer.status,
      revenue_id: toEdgeRevenueId(done ? await findChargeOfOnboarding(d.database, onboarding.onboardingId) : null),
      payment_data: done ? paymentDataOf(billingCustomer) : null,
      billing_customer_id: billingCustomer.id,
      ...(onboarding.endedAt || onboarding.closing ? {} : { setup_url: linkOf(d, { billingCustomer, onboarding }) }),
      ...(requiresAction ? { requires_action: true as const } : {}),
    },
    status: 'success',
  }
}

function paymentDataOf({
  paymentMethodId: id,
  paymentMethodLabel,
  paymentMethodDetails: details,
  gatewayCustomerId,
}: BillingCustomer): z.input<typeof card> | z.input<typeof wallet> | null {
  if (!id || !details) return null
  const pm_label = paymentMethodLabel ?? ''
  if (details.type !== 'card') return { payer_id: details.payerId, pm_label, vault_token: id }
  return {
    pm_id: id,
    pm_type: 'card',
    pm_label,
    card_brand: details.brand,
    card_last4: details.last4,
    customer_id: gatewayCustomerId ?? '',
    card_exp_year: details.expYear,
    card_exp_month: details.expMonth,
  }
}
