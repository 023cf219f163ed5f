import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow'
import { own } from '../domain/text/own.ts'
import type { PersonReason } from '../domain/onboarding/person-reasons.ts'
import type { Blocker, RunWait } from '../domain/onboarding/waits.ts'
import type { FailureForPerson } from '../domain/payment/person-needed.ts'

/** Why a person must act, by the failures that no retry fixes. */
const forPerson: Record<FailureForPerson, PersonReason> = {
  GatewayRefused: 'gateway_refused',
  OutcomeUnknown: 'outcome_unknown',
  StepFailed: 'step_failed',
  MappedCustomerNotFound: 'mapped_customer_not_found',
  MappedCustomerNotOurs: 'mapped_customer_not_ours',
}

/**
 * Keeps count of how often in a row something could not be brought to an end. Temporal's retries cover the first minute
 * of an outage; after that the run waits by itself, in growing pauses that everybody can see, and never gives up.
 */
export function createPatience() {
  let failures = 0
  let readings = 0
  let idle = 0
  const untilRetry = (blocker: Blocker): RunWait => ({ ...blocker, before: 'retry', count: failures++ })
  return {
    untilRetry,
    untilReading: (on: 'customer' | 'gateway'): RunWait => ({ on, before: 'reading', count: readings++ }),
    /** A step that found nothing to do: once or twice that is another's work; after that a person must look. */
    untilProgress: (): RunWait | null => (++idle > 3 ? untilRetry({ on: 'operator', reason: 'no_progress' }) : null),
    reset() {
      failures = 0
      readings = 0
      idle = 0
    },
    /** Runs a step; one whose retries are used up becomes a wait instead of a failure of the run. */
    async attempt<T>(step: () => Promise<T>): Promise<{ answer: T } | { wait: RunWait }> {
      try {
        return { answer: await step() }
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error
        const type = error.cause instanceof ApplicationFailure ? error.cause.type : undefined
        const reason = type && own<PersonReason>(forPerson, type)
        return { wait: untilRetry(reason ? { on: 'operator', reason } : { on: 'gateway' }) }
      }
    },
  }
}
