import type { SubmissionRefusal } from '../lifecycle.ts'
import { conflict, Failure, type ConflictCode } from './failures.ts'

const refusals: Record<SubmissionRefusal, string> = {
  suspended: 'billing is paused for this customer; restore it first',
  ended: 'the onboarding is closing; try again in a few seconds',
  expired: 'the setup link has expired; try again in a few seconds',
  price_changed: 'the price changed; try again',
  account_changed: 'payments begin at another gateway account now; load the form again',
  busy: 'another payment method is being tried for this contact',
  too_many_attempts: 'too many payment methods were declined; replace the setup link first',
  cool_down: 'too many payment methods were declined or rejected; try again later',
  slow_down: 'too many payment methods of this organization were declined; try again in a few seconds',
  reference_used: 'was submitted for another contact already',
  method_removed: 'is a payment method that can no longer be used',
}

/** The code of each refusal that is a conflict. The others ask the caller to wait. */
const conflictOf: Partial<Record<SubmissionRefusal, ConflictCode>> = {
  suspended: 'billing_customer_suspended',
  ended: 'onboarding_closing',
  expired: 'onboarding_closing',
  busy: 'payment_in_progress',
  too_many_attempts: 'too_many_attempts',
  reference_used: 'payment_method_used',
  method_removed: 'setup_over',
}

/** Creates the error of a submission that is not allowed now. */
export function refusalFailure(refusal: SubmissionRefusal, retryAfter: number | undefined, param: string): Failure {
  const code = conflictOf[refusal]
  if (code) return conflict(code, param, refusals[refusal], retryAfter)
  return new Failure('too_many_requests', refusals[refusal], {
    param,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  })
}
