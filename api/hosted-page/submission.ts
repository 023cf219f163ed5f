import { submitPayment } from '../../store/submit-payment.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { runOf } from '../services/open-onboarding.ts'
import type { Submission } from './calls.ts'
import type { OpenedLink } from './link.ts'

/**
 * Makes what the customer submitted a row and wakes the run. Answers the HTTP status: 202, 409 where it cannot be, 410
 * where the link is over, 429 with the seconds to wait after too many declines.
 */
export async function acceptSubmission(
  d: ApiDependencies,
  link: OpenedLink,
  submission: Submission,
): Promise<{ status: 202 | 409 | 410 } | { status: 429; retryAfter: number }> {
  const result = await submitPayment(
    d.database,
    {
      billingCustomerId: link.billingCustomer.id,
      onboardingId: link.onboarding.id,
      source: 'page',
      gateway: submission.gateway,
      reference: submission.confirmation_token,
      singleUse: true,
      shown: { amount: submission.amount, currency: submission.currency },
      linkReplaced: !link.current,
    },
    link.settings,
  )
  if (result.accepted) {
    if (result.wake) d.runs.wake(runOf(link), 'setupCompleted')
    return { status: 202 }
  }
  if (result.retryAfter !== undefined) return { status: 429, retryAfter: result.retryAfter }
  return { status: result.refusal === 'expired' ? 410 : 409 }
}
