import { pauseOf, type RunWait } from '../domain/onboarding/waits.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import type { RunState } from '../domain/onboarding/run.ts'
import { readForRun } from '../store/lifecycle/read-for-run.ts'
import { readSettings } from '../store/tenants/settings.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { runStateOf } from '../domain/onboarding/run-state.ts'
import { ownWorkflowId } from './guard/own-run.ts'

/**
 * Reads the next step from the record, sends a reminder if one is due, and records whom the run waits for. Returns null
 * if the run must begin anew: its onboarding is gone, or has another run (docs/decisions/0064-short-workflow-ids.md).
 */
export const lookAtRecord =
  ({ database, settingDefaults, longestRetryPause }: ActivityDependencies) =>
  async (reference: OnboardingReference, wait: RunWait | null): Promise<RunState | null> => {
    const settings = await readSettings(database, settingDefaults, reference)
    const seen = await readForRun(
      database,
      reference,
      settings,
      wait && { ...wait, retryIn: pauseOf(wait, longestRetryPause) },
      ownWorkflowId(),
    )
    if (!seen) return null
    return { ...runStateOf(seen.facts, seen.next, seen.wait), ...(seen.unusedForms ? { unusedForms: true } : {}) }
  }
