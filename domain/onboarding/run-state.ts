import type { OnboardingFacts } from './onboarding.ts'
import type { RunStep } from './next-step.ts'
import { progressOf } from './progress.ts'
import type { RunState } from './run.ts'
import { runNotesOf } from './run-notes.ts'

/** Returns the part of the facts that a history may contain. */
export function runStateOf(facts: OnboardingFacts, next: RunStep, wait: number): RunState {
  const notes = runNotesOf(facts, next)
  return { onboardingId: facts.onboardingId, next: next.do, wait, progress: progressOf(facts), notes }
}
