import { z } from '@hono/zod-openapi'
import { gatewayNames, methodSources, onboardingKinds, results } from '../../../../domain/lifecycle.ts'
import type { RunHistory } from '../../../run-histories.ts'
import type { AttemptEvidence, ConsentEvidence, OnboardingEvidence } from '../../../../store/onboardings/evidence.ts'
import { consentView } from '../../../schemas/consent.ts'
import { customerView } from '../../../schemas/customer-view.ts'
import { time } from '../../../schemas/lists.ts'
import { chargeView } from '../charge-view.ts'
import { eventView } from '../events.ts'
import { billingCustomerView } from './billing-customer-view.ts'

const onboarding = z.object({
  id: z.string(),
  n: z.int(),
  kind: z.enum(onboardingKinds),
  status: z.enum(['pending', ...results]),
  amount: z.int().openapi({ description: 'Minor units' }),
  currency: z.string(),
  created_at: time,
  link_given_at: time.nullable().openapi({ description: 'When its setup link was first returned' }),
  ended_at: time.nullable(),
})
const attempt = z.object({
  onboarding_id: z.string(),
  number: z.int(),
  source: z.enum(methodSources),
  gateway: z.enum(gatewayNames),
  status: z.string(),
  code: z.string().nullable().openapi({ description: 'Why it failed (docs/declines.md)' }),
  amount: z.int().openapi({ description: 'Minor units' }),
  currency: z.string(),
  gateway_payment_object_id: z.string().nullable(),
  created_at: time,
  sent_at: time.nullable().openapi({ description: 'When it was first sent to the gateway' }),
  closed_at: time.nullable(),
})
const history = z.object({
  workflow_id: z.string(),
  run_id: z.string(),
  steps: z.array(z.object({ at: time, what: z.string() })).openapi({
    description: 'Names and times of what the run did, without its data',
    example: [{ at: '2026-11-29T10:15:00.000Z', what: 'takePayment began' }],
  }),
  truncated: z.boolean().openapi({ description: 'Whether the run has more steps' }),
})

/** What is recorded about a billing customer, for disputes. */
export const evidenceView = z
  .object({
    object: z.literal('evidence'),
    created_at: time.openapi({ description: 'When it was put together' }),
    billing_customer: billingCustomerView,
    customer: customerView.nullable().openapi({ description: 'Null if the customer was deleted' }),
    onboardings: z
      .array(onboarding)
      .openapi({ description: 'The newest 500 at most, oldest first. So are consents and payment attempts' }),
    consents: z.array(consentView.unwrap().extend({ onboarding_id: z.string() })),
    payment_attempts: z.array(attempt),
    charges: z.array(chargeView).openapi({ description: 'Newest first, at most 100' }),
    events: z.array(eventView).openapi({ description: 'At most 500' }),
    has_more_events: z.boolean().openapi({ description: 'Whether GET /v1/events has more' }),
    histories: z.array(history),
    histories_status: z.enum(['available', 'gone', 'unavailable']).openapi({
      description:
        'gone: Temporal no longer has them, after the retention of its namespace or the erasure of the customer. ' +
        'unavailable: Temporal does not respond; try again',
    }),
  })
  .openapi('Evidence')

const iso = (at: Date | null) => at?.toISOString() ?? null

export const viewOnboarding = (o: OnboardingEvidence): z.input<typeof onboarding> => ({
  id: o.id,
  n: o.onboardingNumber,
  kind: o.kind,
  status: o.result ?? 'pending',
  amount: o.amount,
  currency: o.currency,
  created_at: o.createdAt.toISOString(),
  link_given_at: iso(o.linkGivenAt),
  ended_at: iso(o.endedAt),
})

export const viewAttempt = (a: AttemptEvidence): z.input<typeof attempt> => ({
  onboarding_id: a.onboardingId,
  number: a.number,
  source: a.source,
  gateway: a.gateway,
  status: a.state,
  code: a.code,
  amount: a.amount,
  currency: a.currency,
  gateway_payment_object_id: a.objectId,
  created_at: a.createdAt.toISOString(),
  sent_at: iso(a.sentAt),
  closed_at: iso(a.closedAt),
})

export const viewConsentOf = (c: ConsentEvidence) => ({
  onboarding_id: c.onboardingId,
  version: c.version,
  language: c.language,
  way: c.way,
  text: c.text,
  address_hash: c.addressHash,
  given_at: c.givenAt.toISOString(),
})

export const viewHistory = ({ workflowId, runId, steps, isTruncated }: RunHistory): z.input<typeof history> => ({
  workflow_id: workflowId,
  run_id: runId,
  steps: steps.map(({ at, what }) => ({ at: at.toISOString(), what })),
  truncated: isTruncated,
})
