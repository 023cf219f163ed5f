import { customerMessage } from '../payment/declines.ts'
import type { BlockedOn, GatewayName, Result, StepName, StepState } from '../lifecycle.ts'
import { amountDue, isPaid, latestAttempt, openAttempt, submitted, type OnboardingFacts } from './onboarding.ts'

export interface StepProgress {
  name: StepName
  state: StepState
  /** Number of submitted methods (payment_method), or of those that were to be charged (initial_charge); else 0. */
  attempts: number
  /** A sentence for the customer, if any. */
  message: string | null
  nextRetryAt: Date | null
}

export interface Progress {
  status: 'pending' | Result
  steps: StepProgress[]
  blockedOn: BlockedOn | null
  gateway: GatewayName
  /** Minor units. */
  amount: number
  currency: string
}

/** Returns the checklist that the page, the API and Temporal UI show. */
export function progressOf(o: OnboardingFacts): Progress {
  const step = (name: StepName, state: StepState): StepProgress => ({
    name,
    state,
    attempts: 0,
    message: null,
    nextRetryAt: null,
  })
  const { method, charge } = paymentSteps(o)
  const done = o.result === 'completed'
  const failed = o.closing !== null || (o.result !== null && !done)
  const activation: StepState =
    o.kind === 'replacement' ? 'skipped' : done ? 'done' : failed ? 'failed' : isPaid(o) ? 'running' : 'waiting'
  return {
    status: o.result ?? 'pending',
    steps: [
      step('record', 'done'),
      { ...step('payment_method', method), attempts: o.attempts.length, message: messageFor(o) },
      { ...step('initial_charge', charge), attempts: chargesTried(o), nextRetryAt: o.nextRetryAt },
      step('activation', activation),
      step('enrollment', o.billableItemId ? activation : 'skipped'),
    ],
    blockedOn: blockedOn(o),
    gateway: o.gateway,
    amount: amountDue(o),
    currency: o.currency,
  }
}

/** The run writes `blockedOn` when it reads the record. In between, the open attempt and the closing are newer. */
function blockedOn(o: OnboardingFacts): BlockedOn | null {
  if (o.endedAt) return null
  const attempt = openAttempt(o)?.state
  if ((attempt === 'open' || o.closing !== null) && o.blockedOn === 'customer') return null
  if (attempt === 'needs_customer' && o.closing === null) return o.blockedOn ?? 'customer'
  return o.blockedOn
}

/** Returns the current step of an onboarding, for lists. */
export function currentStep(progress: Progress): StepName | 'ended' {
  if (progress.status !== 'pending') return 'ended'
  return (
    progress.steps.find((s) => s.state === 'running' || s.state === 'waiting' || s.state === 'failed')?.name ??
    'enrollment'
  )
}

/** A void attempt was abandoned before it was charged, or had no outcome at the gateway. */
const chargesTried = (o: OnboardingFacts) =>
  amountDue(o) > 0 ? submitted(o).filter(({ state }) => state !== 'void').length : 0

function messageFor(o: OnboardingFacts): string | null {
  const attempt = latestAttempt(o)
  if (attempt?.state === 'declined' || attempt?.state === 'void') return customerMessage(attempt.code)
  if (attempt?.state !== 'needs_customer') return null
  return `Please confirm ${amountDue(o) > 0 ? 'the payment' : 'your payment method'} with your bank.`
}

function paymentSteps(o: OnboardingFacts): { method: StepState; charge: StepState } {
  const due = amountDue(o) > 0
  const over = o.closing !== null || o.endedAt !== null
  if (o.result === 'completed' && submitted(o).length === 0 && !due) return { method: 'skipped', charge: 'skipped' }
  if (o.kind === 'replacement' && isPaid(o) && !o.endedAt && !over) return { method: 'running', charge: 'skipped' }
  if (isPaid(o) || o.result === 'completed') return { method: 'done', charge: due ? 'done' : 'skipped' }
  if (over) return { method: 'failed', charge: due ? 'failed' : 'skipped' }

  const attempt = openAttempt(o)
  if (!attempt || attempt.state === 'needs_customer') return { method: 'waiting', charge: due ? 'waiting' : 'skipped' }
  return due ? { method: 'done', charge: 'running' } : { method: 'running', charge: 'skipped' }
}
