import { progressOf } from '../domain/onboarding/progress.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import type { Standing } from '../domain/onboarding/run.ts'
import { activateAndEnroll as activate } from '../store/lifecycle/activate.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'

/**
 * Makes the billing customer active, enrolls it and ends the onboarding, in one transaction; see the store. Answers how
 * it stands then, or null where it was not the time for it: then the run looks again.
 */
export const activateAndEnroll =
  ({ database }: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<Standing | null> => {
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
