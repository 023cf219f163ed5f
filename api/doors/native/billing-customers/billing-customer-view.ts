import { z } from '@hono/zod-openapi'
import type { OperatorTask } from '../../../../domain/onboarding/operator-tasks.ts'
import { progressOf } from '../../../../domain/onboarding/progress.ts'
import { billingCustomerStatuses, gatewayNames, methodSources, results } from '../../../../domain/lifecycle.ts'
import { expiryOf } from '../../../../domain/onboarding/next-step.ts'
import { latestAttempt, openAttempt, type OnboardingFacts } from '../../../../domain/onboarding/onboarding.ts'
import { mayHaveLinks } from '../../../../domain/tenant/scopes.ts'
import type { BillingCustomer } from '../../../../store/billing-customers/billing-customers.ts'
import { workflowIdOf } from '../../../../domain/onboarding/run.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import type { Caller } from '../../../call/auth.ts'
import { consentView, viewConsent } from '../../../schemas/consent.ts'
import { gatewayIds, viewGatewayIds } from '../../../schemas/gateway-ids.ts'
import { allowTriggerMeaning } from '../../../schemas/opening-fields.ts'
import { pageView, viewPage } from '../../../schemas/page-options.ts'
import { paymentMethodView, viewPaymentMethod } from '../../../schemas/payment-method.ts'
import { linkOf, runOf } from '../../../setup/open-onboarding.ts'

const time = z.string().openapi({ format: 'date-time' })
/** Statuses of an onboarding. */
export const onboardingStatuses = ['pending', ...results] as const

// Without a name: a schema that extends a named one must also match it, and a replacement is not an onboarding.
const runView = z.object({
  id: z.string(),
  n: z.number().int().openapi({ description: '1-based sequence number within the billing customer' }),
  status: z.enum(onboardingStatuses).openapi({
    description:
      'pending while it is live; completed if the billing customer became active. The other values are ends ' +
      'without success',
  }),
  closing: z
    .enum(['expired', 'canceled', 'failed'])
    .nullable()
    .openapi({
      description:
        'Why the live onboarding is closing: charges are refunded and the payment method is detached. This takes ' +
        'seconds; status then has the same value',
    }),
  steps: z.array(
    z.object({
      name: z.enum(['record', 'payment_method', 'initial_charge', 'activation', 'enrollment']),
      state: z.enum(['waiting', 'running', 'done', 'skipped', 'failed']),
      attempts: z.number().int(),
      message: z.string().nullable(),
      next_retry_at: time.nullable(),
    }),
  ),
  blocked_on: z.enum(['customer', 'gateway', 'operator']).nullable(),
  next_retry_at: time.nullable(),
  last_error: z.string().nullable().openapi({ description: 'Code of the last failed attempt' }),
  attempt_state: z.string().nullable(),
  amount: z.number().int().openapi({ description: 'Minor units; 0 if nothing is charged' }),
  currency: z.string(),
  gateway: z.enum(gatewayNames),
  billable_item_id: z.string().nullable(),
  standing_charge_id: z
    .string()
    .nullable()
    .openapi({
      description:
        'The initial charge from before the billing customer was closed. It was not fully refunded and stands: this ' +
        'onboarding charges nothing, whatever was requested',
    }),
  expires_at: time,
  created_at: time,
  ended_at: time.nullable(),
  page: pageView,
  consent: consentView,
  source: z
    .enum(methodSources)
    .nullable()
    .openapi({
      description:
        'Where the last submitted payment method comes from. page: the hosted page. api: payment_data, or your own ' +
        'form. imported: payment_method_id, which existed before; its consent was given elsewhere, so consent is null',
    }),
  workflow_id: z.string(),
  workflow_url: z.string().nullable(),
})

export const onboardingView = runView.extend({ object: z.literal('onboarding') }).openapi('Onboarding')

const personNeeded = z
  .object({
    reason: z.string().openapi({ description: 'A code, such as refund_failed, disputed or gateway_refused' }),
    what_to_do: z.string(),
    charge_id: z.string().nullable().openapi({ description: 'The charge to resolve, if it is about one' }),
  })
  .openapi('PersonNeeded')

const setupUrl = z.string().optional().openapi({
  description: 'Only while the onboarding is live and not closing, for keys with the scope billing_customers:write',
})

const replacementView = runView
  .extend({
    object: z.literal('replacement'),
    setup_url: setupUrl,
  })
  .openapi('Replacement')

export const billingCustomerView = z
  .object({
    id: z.string(),
    object: z.literal('billing_customer'),
    environment: z.enum(['live', 'sandbox']),
    organization_id: z.string(),
    customer_id: z.string(),
    status: z.enum(billingCustomerStatuses).openapi({
      description:
        'Stays pending if the onboarding ended without success: poll onboarding.status. closed: ended for good',
    }),
    gateway: z.enum(gatewayNames),
    allow_trigger: z.boolean().openapi({ description: allowTriggerMeaning }),
    initial_charged: z.boolean(),
    metadata: z.record(z.string(), z.unknown()),
    setup_url: setupUrl,
    needs_person: personNeeded.nullable().openapi({
      description:
        'The first thing that an operator must do; once it is done, the next one is here. Null if there is none',
    }),
    created_at: time,
    payment_method: paymentMethodView.nullable(),
    ...gatewayIds,
    onboarding: onboardingView.openapi({ description: 'The live onboarding, or the latest' }),
    replacement: replacementView.optional().openapi({ description: 'The latest replacement of the payment method' }),
  })
  .openapi('BillingCustomer')

export function viewOnboarding(
  d: ApiDependencies,
  billingCustomer: BillingCustomer,
  o: OnboardingFacts,
  timing: { expiryGrace: number },
): z.input<typeof onboardingView> {
  const progress = progressOf(o)
  const workflowId = workflowIdOf(runOf({ billingCustomer, onboarding: o }))
  const ui = d.temporalUi
  return {
    id: o.onboardingId,
    object: 'onboarding',
    n: o.onboardingNumber,
    status: progress.status,
    closing: o.endedAt ? null : o.closing,
    steps: progress.steps.map(({ nextRetryAt, ...step }) => ({
      ...step,
      next_retry_at: nextRetryAt?.toISOString() ?? null,
    })),
    blocked_on: progress.blockedOn,
    next_retry_at: o.endedAt ? null : (o.nextRetryAt?.toISOString() ?? null),
    last_error: o.attempts.findLast((attempt) => attempt.code !== null)?.code ?? null,
    attempt_state: openAttempt(o)?.state ?? null,
    amount: progress.amount,
    currency: o.currency,
    gateway: o.gateway,
    billable_item_id: o.billableItemId,
    standing_charge_id: o.standingChargeId,
    expires_at: expiryOf(o, timing).toISOString(),
    created_at: o.createdAt.toISOString(),
    ended_at: o.endedAt?.toISOString() ?? null,
    page: viewPage(o.page),
    consent: viewConsent(o.consent),
    source: latestAttempt(o)?.source ?? null,
    workflow_id: workflowId,
    workflow_url: ui
      ? `${ui.url}/namespaces/${encodeURIComponent(ui.namespace)}/workflows/${encodeURIComponent(workflowId)}`
      : null,
  }
}

export function viewBillingCustomer(
  d: ApiDependencies,
  billingCustomer: BillingCustomer,
  onboarding: OnboardingFacts,
  needed: OperatorTask | undefined,
  { settings: timing, scopes }: Pick<Caller, 'settings' | 'scopes'>,
  replacement?: OnboardingFacts,
): z.input<typeof billingCustomerView> {
  const link = (live: OnboardingFacts) =>
    mayHaveLinks(scopes) && takesMethod(live) ? { setup_url: linkOf(d, { billingCustomer, onboarding: live }) } : {}
  return {
    id: billingCustomer.id,
    object: 'billing_customer',
    environment: billingCustomer.environment,
    organization_id: billingCustomer.organizationId,
    customer_id: billingCustomer.customerId,
    status: billingCustomer.status,
    gateway: billingCustomer.gateway,
    allow_trigger: billingCustomer.allowTrigger,
    initial_charged: billingCustomer.initialCharged,
    metadata: billingCustomer.metadata,
    ...(billingCustomer.status === 'pending' ? link(onboarding) : {}),
    needs_person: needed ? { reason: needed.reason, what_to_do: needed.whatToDo, charge_id: needed.chargeId } : null,
    created_at: billingCustomer.createdAt.toISOString(),
    payment_method: viewPaymentMethod(billingCustomer),
    ...viewGatewayIds(billingCustomer),
    onboarding: viewOnboarding(d, billingCustomer, onboarding, timing),
    ...(replacement
      ? {
          replacement: {
            ...viewOnboarding(d, billingCustomer, replacement, timing),
            object: 'replacement' as const,
            ...link(replacement),
          },
        }
      : {}),
  }
}

/** Returns whether the setup link of an onboarding or a replacement can be used. */
const takesMethod = ({ endedAt, closing }: OnboardingFacts) => !endedAt && !closing
