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
 * Counts consecutive failures and computes the next wait. Temporal's retries cover the first minute of an outage. After
 * that the run waits itself, for increasing times that operators can see, and never gives up.
 */
export function createRetryWaits() {
  let failures = 0
  let readings = 0
  let idle = 0
  const untilRetry = (blocker: Blocker): RunWait => ({ ...blocker, before: 'retry', count: failures++ })
  return {
    untilRetry,
    untilReading: (on: 'customer' | 'gateway'): RunWait => ({ on, before: 'reading', count: readings++ }),
    /** After a step that found nothing to do: a few times that is normal, then an operator must act. */
    untilProgress: (): RunWait | null => (++idle > 3 ? untilRetry({ on: 'operator', reason: 'no_progress' }) : null),
    reset() {
      failures = 0
      readings = 0
      idle = 0
    },
    /** Runs a step. If its retries are exhausted, returns a wait instead of failing the run. */
    async attempt<T>(step: () => Promise<T>): Promise<{ answer: T } | { wait: RunWait }> {
      try {
        return { answer: await step() }
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error
        const type = error.cause instanceof ApplicationFailure ? error.cause.type : undefined
        const reason = type && own<PersonReason>(forPerson, type)
        if (reason) return { wait: untilRetry({ on: 'operator', reason }) }
        return { wait: untilRetry({ on: 'gateway', cause: type === 'DatabaseAway' ? 'database' : 'gateway' }) }
      }
    },
  }
}
