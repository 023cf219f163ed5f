import type { Environment } from '../domain/lifecycle.ts'
import { pauseOf, type RunWait } from '../domain/pauses.ts'
import type { Standing } from '../domain/run.ts'
import { look } from '../store/look.ts'
import { readSettings } from '../store/settings.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { standingOf } from './standing.ts'

export interface OnboardingReference {
  environment: Environment
  organizationId: string
  billingCustomerId: string
  onboardingId: string
}

/** Asks the record what comes next, sends the reminder that is due, and notes for whom the run waits from now on. */
export const lookAtRecord =
  ({ database, settingDefaults, longestRetryPause }: ActivityDependencies) =>
  async (reference: OnboardingReference, wait: RunWait | null): Promise<Standing | null> => {
    const settings = await readSettings(database, settingDefaults, reference.organizationId, reference.environment)
    const seen = await look(
      database,
      reference,
      settings,
      wait && { on: wait.on, retryIn: pauseOf(wait, longestRetryPause), reason: wait.reason ?? 'blocked' },
    )
    if (!seen) return null
    return { ...standingOf(seen.facts, seen.next, seen.wait), ...(seen.unusedForms ? { unusedForms: true } : {}) }
  }
