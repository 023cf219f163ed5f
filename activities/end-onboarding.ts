import { progressOf } from '../domain/onboarding/progress.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import type { EndResult } from '../domain/onboarding/run.ts'
import { endOnboarding as end } from '../store/lifecycle/end-onboarding.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { listChargesOf } from '../store/charges/charges.ts'

/** Ends a closing onboarding. Returns `not_now` if a payment object or a charge prevents it. */
export const endOnboarding =
  ({ database }: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<EndResult> => {
    const { result, facts } = await end(database, reference)
    return { result, progress: progressOf(facts) }
  }

/** Returns the charges of the onboarding whose refund is pending. A run must follow each before the onboarding ends. */
export const listRefunding =
  ({ database }: ActivityDependencies) =>
  async ({ onboardingId }: OnboardingReference): Promise<string[]> => {
    const charges = await listChargesOf(database, onboardingId)
    return charges.filter(({ state }) => state === 'refund_pending').map(({ id }) => id)
  }
