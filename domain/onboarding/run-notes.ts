import { knownDeclineCode, type DeclineCode, type VoidCode } from '../payment/declines.ts'
import type { Closing, GatewayName } from '../lifecycle.ts'
import type { NextStep } from './next-step.ts'
import type { OnboardingFacts } from './onboarding.ts'

/**
 * What operators see in Temporal UI beside the progress. Histories contain it: ids, codes and numbers only. Absent
 * fields say that there is nothing to show.
 */
export interface RunNotes {
  /** The declined attempts, and the code of the newest one. */
  declined?: { count: number; code: DeclineCode | VoidCode }
  /** What happens when nothing is heard of the customer. */
  then?: 'reminder' | 'expiry'
  closing?: Closing
  /** Paid charges of the onboarding, in minor units. If it is closing, they are refunded. */
  paid?: { amount: number; currency: string }
  /** The newest payment object. */
  object?: { gateway: GatewayName; kind: 'payment' | 'setup'; id: string }
}

/** Where the links of Temporal UI lead. */
export interface LinkBases {
  /** PUBLIC_URL. */
  api: string
  /** The URL of docs/operations.md; absent if RUNBOOK_URL is not set. */
  runbook?: string
  /** Gateways that are simulated here in the sandbox, and have no dashboard. */
  simulated: GatewayName[]
}

/** Returns the notes for an onboarding that waits, or executes a step. */
export function runNotesOf(facts: OnboardingFacts, next: NextStep): RunNotes {
  const declined = facts.attempts.filter(({ state }) => state === 'declined').toSorted((a, b) => b.number - a.number)
  const object = facts.objects
    .filter(({ objectId }) => objectId !== null)
    .reduce<OnboardingFacts['objects'][number] | undefined>(
      (a, b) => (a && a.objectNumber > b.objectNumber ? a : b),
      undefined,
    )
  const paid = facts.unsettledCharges.filter(
    ({ onboardingId, state }) => onboardingId === facts.onboardingId && state === 'succeeded',
  )
  const amount = paid.reduce((sum, charge) => sum + charge.amount, 0)
  return {
    ...(declined[0] ? { declined: { count: declined.length, code: knownDeclineCode(declined[0].code) } } : {}),
    ...(next.do === 'wait_for_customer' ? { then: next.then } : {}),
    ...(facts.closing ? { closing: facts.closing } : {}),
    ...(paid[0] ? { paid: { amount, currency: paid[0].currency } } : {}),
    ...(object ? { object: { gateway: object.gateway, kind: object.kind, id: object.objectId! } } : {}),
  }
}
