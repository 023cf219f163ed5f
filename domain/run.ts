import type { Closing, Environment, GatewayName, OnboardingKind, Result } from './lifecycle.ts'
import type { NextStep } from './next-step.ts'
import type { Progress } from './progress.ts'

/** What a run is started with: ids, so that a lost one can be started again from the record. */
export interface RunInput {
  environment: Environment
  organizationId: string
  customerId: string
  billingCustomerId: string
  onboardingId: string
  n: number
  gateway: GatewayName
  /** Left out for an onboarding, as runs that began earlier do not have it. */
  kind?: OnboardingKind
}

/** What a look at the record tells the run. It is kept in the history: ids, codes and numbers only. */
export interface Standing {
  onboardingId: string
  next: NextStep['do']
  /** How long the run may sleep unless it is woken. Milliseconds. */
  wait: number
  progress: Progress
  /** Charges that go back although the onboarding completed: somebody must watch their refunds. */
  refunding?: string[]
  /** Set where it completed and gave out card forms that it did not come to: what they saved is to be taken back. */
  unusedForms?: boolean
}

export type PaymentOutcome =
  | { outcome: 'paid' | 'declined' | 'void' | 'needs_customer' | 'processing' | 'nothing_to_do' }
  /** Money of an earlier onboarding stands in the way until its refund is through (gateway) or a person decides. */
  | { outcome: 'blocked'; on: 'gateway' | 'operator' }

export type ClosingOutcome = 'reopened' | 'closed' | 'still_open'

export interface Ended {
  result: Result | 'not_now'
  progress: Progress
}

export type OnboardingResult = { result: 'completed' | 'superseded' } | { result: Closing }
