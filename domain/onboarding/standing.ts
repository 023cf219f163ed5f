import type { OnboardingFacts } from './onboarding.ts'
import type { NextStep } from './next-step.ts'
import { progressOf } from './progress.ts'
import type { Standing } from './run.ts'

/** Cuts what the store knows down to what a history may hold. */
export function standingOf(facts: OnboardingFacts, next: NextStep, wait: number): Standing {
  return { onboardingId: facts.onboardingId, next: next.do, wait, progress: progressOf(facts) }
}
