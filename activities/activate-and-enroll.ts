import { progressOf } from '../domain/onboarding/progress.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import type { RunState } from '../domain/onboarding/run.ts'
import { activateAndEnroll as activate } from '../store/lifecycle/activate.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'

/**
 * Activates and enrolls the billing customer and ends the onboarding, in one transaction. Returns the new state; null
 * if the onboarding is not paid or not live, and the run must read the record again.
 */
export const activateAndEnroll =
  ({ database }: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<RunState | null> => {
    const { result, facts, refunding, unusedForms } = await activate(database, reference)
    if (result === 'not_now') return null
    return {
      onboardingId: facts.onboardingId,
      next: result === 'completed' ? 'nothing' : 'close',
      wait: 0,
      progress: progressOf(facts),
      ...(refunding.length > 0 ? { refunding } : {}),
      ...(unusedForms ? { unusedForms } : {}),
    }
  }
