import type { Client } from '@temporalio/client'
import type { Logger } from '../runtime/log.ts'
import type { RunInput } from '../domain/onboarding/run.ts'
import {
  actionCompleted,
  moneyStart,
  moneyType,
  onboardingStart,
  recordChanged,
  setupCompleted,
  workflowTypeOf,
} from '../workflows/messages.ts'
import { temporalReason } from '../runtime/temporal-errors.ts'

const signals = { setupCompleted, actionCompleted, recordChanged }

/** What the API asks of Temporal. Answers never wait for it: what does not arrive, the run dispatcher makes up for. */
export interface Runs {
  start(run: RunInput): void
  wake(run: RunInput, signal: keyof typeof signals): void
  /** Sets somebody to look after a charge of an ended onboarding. Throws where Temporal cannot be reached. */
  lookAfter(chargeId: string): Promise<void>
}

const deadline = 2_000
const mostInFlight = 64

/** Sends to Temporal, a bounded number at a time: where it is slow or away, callers are not made to feel it. */
export function temporalRuns({ client, taskQueue, log }: { client: Client; taskQueue: string; log: Logger }): Runs {
  let inFlight = 0
  const inBackground = (run: RunInput, send: () => Promise<unknown>) => {
    if (inFlight >= mostInFlight) return
    inFlight++
    client
      .withDeadline(Date.now() + deadline, send)
      .catch((error: unknown) =>
        log.debug(
          { onboarding: run.onboardingId, reason: temporalReason(error) },
          'the run dispatcher will start or signal the run',
        ),
      )
      .finally(() => inFlight--)
  }
  return {
    start: (run) =>
      inBackground(run, () => client.workflow.start(workflowTypeOf(run), onboardingStart(run, taskQueue))),
    wake: (run, signal) =>
      inBackground(run, () =>
        client.workflow.signalWithStart(workflowTypeOf(run), {
          ...onboardingStart(run, taskQueue),
          signal: signals[signal],
          signalArgs: [],
        }),
      ),
    async lookAfter(chargeId) {
      await client.withDeadline(Date.now() + deadline, () =>
        client.workflow.signalWithStart(moneyType, {
          ...moneyStart(chargeId, taskQueue),
          signal: recordChanged,
          signalArgs: [],
        }),
      )
    },
  }
}
