import { z } from '@hono/zod-openapi'
import { progressOf } from '../../domain/progress.ts'
import { expiryOf } from '../../domain/next-step.ts'
import { openAttempt, type OnboardingFacts } from '../../domain/onboarding.ts'
import type { BillingCustomer } from '../../store/billing-customers.ts'
import { onboardingWorkflowId } from '../../workflows/messages.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { linkOf, runOf } from '../services/open-onboarding.ts'

const time = z.string().openapi({ format: 'date-time' })

export const onboardingView = z
  .object({
    id: z.string(),
    object: z.literal('onboarding'),
    n: z.number().int().openapi({ description: 'The how-manieth onboarding of its billing customer' }),
    status: z.enum(['pending', 'completed', 'expired', 'canceled', 'failed']),
    closing: z
      .enum(['expired', 'canceled', 'failed'])
      .nullable()
      .openapi({ description: 'Set while it is being ended without success' }),
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
    last_error: z.string().nullable().openapi({ description: 'Code of the last attempt that did not succeed' }),
    attempt_state: z.string().nullable(),
    amount: z.number().int().openapi({ description: 'Minor units; 0 where nothing is charged' }),
    currency: z.string(),
    gateway: z.enum(['stripe', 'paypal']),
    billable_item_id: z.string().nullable(),
    expires_at: time,
    created_at: time,
    ended_at: time.nullable(),
    workflow_id: z.string(),
    workflow_url: z.string().nullable(),
  })
  .openapi('Onboarding')

export const billingCustomerView = z
  .object({
    id: z.string(),
    object: z.literal('billing_customer'),
    environment: z.enum(['live', 'sandbox']),
    organization_id: z.string(),
    customer_id: z.string(),
    status: z.enum(['pending', 'active', 'suspended']),
    gateway: z.enum(['stripe', 'paypal']),
    allow_trigger: z.boolean(),
    initial_charged: z.boolean(),
    metadata: z.record(z.string(), z.unknown()),
    setup_url: z.string().optional().openapi({ description: 'While pending' }),
    created_at: time,
    onboarding: onboardingView.optional(),
  })
  .openapi('BillingCustomer')

export function viewOnboarding(
  d: ApiDependencies,
  billingCustomer: BillingCustomer,
  o: OnboardingFacts,
): z.input<typeof onboardingView> {
  const progress = progressOf(o)
  const workflowId = onboardingWorkflowId(runOf({ billingCustomer, onboarding: o }))
  const ui = d.temporalUi
  return {
    id: o.id,
    object: 'onboarding',
    n: o.n,
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
    expires_at: expiryOf(o, d.settingDefaults).toISOString(),
    created_at: o.createdAt.toISOString(),
    ended_at: o.endedAt?.toISOString() ?? null,
    workflow_id: workflowId,
    workflow_url: ui
      ? `${ui.url}/namespaces/${encodeURIComponent(ui.namespace)}/workflows/${encodeURIComponent(workflowId)}`
      : null,
  }
}

export function viewBillingCustomer(
  d: ApiDependencies,
  billingCustomer: BillingCustomer,
  onboarding: OnboardingFacts | undefined,
): z.input<typeof billingCustomerView> {
  const pending = billingCustomer.status === 'pending' && onboarding && !onboarding.endedAt
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
    ...(pending ? { setup_url: linkOf(d, { billingCustomer, onboarding }) } : {}),
    created_at: billingCustomer.createdAt.toISOString(),
    ...(onboarding ? { onboarding: viewOnboarding(d, billingCustomer, onboarding) } : {}),
  }
}
