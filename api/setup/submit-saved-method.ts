import { customerMessage } from '../../domain/payment/declines.ts'
import { refusalFailure } from '../../domain/failure/submission-refusals.ts'
import { requireAccountForNew } from '../../domain/tenant/gateway-accounts.ts'
import type { OpenResult } from '../../store/lifecycle/onboarding-request.ts'
import { hasEnded } from '../../store/onboardings/facts.ts'
import { findAttempt } from '../../store/payments/attempts.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import { submitPayment } from '../../store/payments/submissions.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { SavedMethod } from '../schemas/payment-data.ts'
import { runOf } from './open-onboarding.ts'

export interface SavedMethodSubmission extends SavedMethod {
  /** Default: `api`. */
  source?: 'imported'
  /** The gateway account of a session's method. By default, the one with which something new begins. */
  accountId?: string
  /** Set for an approval at the gateway, which can be used once. */
  singleUse?: boolean
  /** Set for a method that may be tried only once: a repeat returns its result. */
  once?: boolean
  /** The session of a caller's form that saved it: a submitted card does not count as unused. */
  form?: number
  /** When the call was first made, if it is a repeat. A method that was tried since then is not tried again. */
  firstTryAt?: Date | undefined
}

export type SubmissionOutcome =
  | { outcome: 'paid' | 'pending' | 'requires_action' }
  | { outcome: 'declined'; message: string }
  | { outcome: 'unusable' }

const timeLimit = 10_000
const pollEvery = 200

/**
 * Submits a saved payment method for the contact and waits for the result, for at most 10 seconds. After that, the run
 * continues on its own. Throws a Failure if no submission is allowed now. `alive` is called for each response of the
 * database.
 */
export async function submitSavedMethod(
  d: ApiDependencies,
  opened: Pick<OpenResult, 'billingCustomer' | 'onboarding'>,
  submission: SavedMethodSubmission,
  alive: () => void,
  param = 'payment_data',
): Promise<SubmissionOutcome> {
  const run = runOf(opened)
  const settings = await readSettings(d.database, d.settingDefaults, run)
  const result = await submitPayment(
    d.database,
    run,
    {
      source: submission.source ?? 'api',
      gateway: submission.gateway,
      accountId: submission.accountId ?? requireAccountForNew({ ...run, settings }, submission.gateway),
      reference: submission.methodId,
      singleUse: submission.singleUse ?? false,
      once: submission.once,
      firstTryAt: submission.firstTryAt,
      form: submission.form,
      gatewayCustomerId: submission.gatewayCustomerId,
    },
    settings,
  )
  if (!result.accepted && result.refusal === 'method_removed') return { outcome: 'unusable' }
  if (!result.accepted) throw refusalFailure(result.refusal, result.retryAfter, param)
  if (result.signal) d.runs.signal(run, 'setupCompleted')
  return watchAttempt(d, run.onboardingId, result.attempt, { alive, param })
}

/**
 * Waits for the result of an attempt, for at most 10 seconds. Throws a Failure that names `param` if the onboarding
 * ended before the attempt was sent to the gateway.
 */
export async function watchAttempt(
  d: ApiDependencies,
  onboardingId: string,
  number: number,
  { alive, param }: { alive: () => void; param: string },
): Promise<SubmissionOutcome> {
  const until = Date.now() + timeLimit
  while (Date.now() < until) {
    const attempt = await findAttempt(d.database, onboardingId, number)
    alive()
    if (attempt?.state === 'paid' && (await hasEnded(d.database, onboardingId))) return { outcome: 'paid' }
    if (attempt?.state === 'declined') return { outcome: 'declined', message: customerMessage(attempt.code) }
    if (attempt?.state === 'void' && attempt.code === 'onboarding_ended')
      throw refusalFailure('ended', undefined, param)
    if (attempt?.state === 'void') return { outcome: 'unusable' }
    // The customer chose another method in the meantime. A later call returns its result.
    if (attempt?.state === 'abandoned') return { outcome: 'pending' }
    if (attempt?.state === 'needs_customer') return { outcome: 'requires_action' }
    await new Promise((resolve) => setTimeout(resolve, pollEvery))
  }
  return { outcome: 'pending' }
}
