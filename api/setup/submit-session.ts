import { customerMessage } from '../../domain/payment/declines.ts'
import { Failure } from '../../domain/failure/failures.ts'
import { isGatewayError, isOtherSetup } from '../../domain/payment/gateway-errors.ts'
import { handleOf } from '../../domain/payment/payment-object.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { storeSessionMethod } from '../../store/methods/own-methods.ts'
import { listSessions, type SessionWithAttempt } from '../../store/payments/form-sessions.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { countFormTries } from '../../payments/forms/form-guard.ts'
import { isAccountRefused, reportRefusal } from './gateway-refusal.ts'
import type { OpenedSetup } from './open-replacement.ts'
import {
  submitSavedMethod,
  watchAttempt,
  type SavedMethodSubmission,
  type SubmissionOutcome,
} from './submit-saved-method.ts'

export type SessionOutcome =
  | SubmissionOutcome
  | { outcome: 'not_entered' }
  /** Declined before it was submitted. The same form accepts another payment method. */
  | { outcome: 'declined_on_form'; message: string }

/**
 * Submits the payment method that the customer entered in the caller's own form, and waits for the result. A session is
 * submitted once: a repeated call returns its result and tries nothing again. Throws a Failure if no submission is
 * allowed now, or if the gateway does not respond.
 */
export async function submitSession(
  d: ApiDependencies,
  opened: OpenedSetup,
  name: GatewayName,
  alive: () => void,
): Promise<SessionOutcome> {
  const { onboarding } = opened
  const sessions = await listSessions(d.database, onboarding.onboardingId, name)
  const [newest] = sessions
  if (newest?.attempt)
    return watchAttempt(d, onboarding.onboardingId, newest.attempt, { alive, param: 'billing_customer_id' })
  let answer: SessionOutcome = { outcome: 'not_entered' }
  for (const session of sessions.filter(({ attempt }) => attempt === null).slice(0, 5)) {
    const found = await readState(d, opened, session)
    if ('submission' in found) {
      // An approval is submitted as it is; a form saved a method.
      if (found.submission.form !== undefined) await storeSessionMethod(d.database, session, found.submission.methodId)
      return submitSavedMethod(d, opened, found.submission, alive, 'billing_customer_id')
    }
    if (session === newest) answer = found
  }
  return answer
}

/** Returns the state of a session at the gateway: what can be submitted, or why nothing can. */
async function readState(
  d: ApiDependencies,
  opened: OpenedSetup,
  session: SessionWithAttempt,
): Promise<{ submission: SavedMethodSubmission } | SessionOutcome> {
  const { accountId, gateway: name } = session
  const token = session.token!
  try {
    const gateway = await d.gateways.of(accountId)
    if (gateway.readSession) {
      const state = await gateway.readSession(token)
      if (state !== 'approved' && state !== 'used') return { outcome: 'not_entered' }
      return { submission: { gateway: name, accountId, methodId: token, singleUse: true } }
    }
    const reading = await gateway.read(handleOf(opened.onboarding, { kind: 'setup', objectId: token }))
    if (reading.trace !== '') await countFormTries(d, gateway, opened.onboarding, session)
    if (reading.state === 'declined') return { outcome: 'declined_on_form', message: customerMessage(reading.code) }
    if (reading.state === 'needs_customer') return { outcome: 'requires_action' }
    if (reading.state === 'dead') return { outcome: 'unusable' }
    if (reading.state !== 'paid') return { outcome: 'not_entered' }
    const gatewayCustomerId = session.gatewayCustomerId ?? undefined
    const { id: methodId } = reading.method
    return {
      submission: { gateway: name, accountId, methodId, gatewayCustomerId, once: true, form: session.sessionNumber },
    }
  } catch (error) {
    if (!isGatewayError(error)) throw error
    if (isOtherSetup(error)) return { outcome: 'unusable' }
    if (isAccountRefused(error)) throw await reportRefusal(d, opened.onboarding, session, error)
    throw new Failure('unavailable', 'the gateway is not responding; try again', { retryAfter: 5, cause: error })
  }
}
