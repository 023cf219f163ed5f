import { pauseOf, type RunWait } from '../domain/onboarding/waits.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import type { Standing } from '../domain/onboarding/run.ts'
import { look } from '../store/lifecycle/look.ts'
import { readSettings } from '../store/tenants/settings.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { standingOf } from '../domain/onboarding/standing.ts'

/** Asks the record what comes next, sends the reminder that is due, and notes for whom the run waits from now on. */
export const lookAtRecord =
  ({ database, settingDefaults, longestRetryPause }: ActivityDependencies) =>
  async (reference: OnboardingReference, wait: RunWait | null): Promise<Standing | null> => {
    const settings = await readSettings(database, settingDefaults, reference)
    const seen = await look(
      database,
      reference,
      settings,
      wait && { ...wait, retryIn: pauseOf(wait, longestRetryPause) },
    )
    if (!seen) return null
    return { ...standingOf(seen.facts, seen.next, seen.wait), ...(seen.unusedForms ? { unusedForms: true } : {}) }
  }
