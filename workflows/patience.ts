import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow'
import type { RunWait } from '../domain/pauses.ts'

/**
 * Keeps count of how often in a row something could not be brought to an end. Temporal's retries cover the first minute
 * of an outage; after that the run waits by itself, in growing pauses that everybody can see, and never gives up.
 */
export function createPatience() {
  let failures = 0
  let readings = 0
  const untilRetry = (on: RunWait['on'], reason?: string): RunWait => ({
    on,
    before: 'retry',
    count: failures++,
    ...(reason === undefined ? {} : { reason }),
  })
  return {
    untilRetry,
    untilReading: (on: RunWait['on']): RunWait => ({ on, before: 'reading', count: readings++ }),
    reset() {
      failures = 0
      readings = 0
    },
    /** Runs a step; one whose retries are used up becomes a wait instead of a failure of the run. */
    async attempt<T>(step: () => Promise<T>): Promise<{ answer: T } | { wait: RunWait }> {
      try {
        return { answer: await step() }
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error
        const refused = error.cause instanceof ApplicationFailure && error.cause.type === 'GatewayRefused'
        return { wait: refused ? untilRetry('operator', 'gateway_refused') : untilRetry('gateway') }
      }
    },
  }
}
