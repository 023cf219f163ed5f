import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { NextStep } from '../domain/next-step.ts'
import { progressOf } from '../domain/progress.ts'
import type { Standing } from '../domain/run.ts'

/** Cuts what the store knows down to what a history may hold. */
export function standingOf(facts: OnboardingFacts, next: NextStep, wait: number): Standing {
  return { onboardingId: facts.id, next: next.do, wait, progress: progressOf(facts) }
}
