import type { Client } from '@temporalio/client'
import type { Logger } from '../runtime/log.ts'
import type { BulkReference } from '../domain/bulk/bulk.ts'
import type { RunInput } from '../domain/onboarding/run.ts'
import { runLeftToStarter } from '../metrics/runs.ts'
import {
  actionCompleted,
  bulkStart,
  bulkType,
  moneyStart,
  moneyType,
  onboardingStart,
  recordChanged,
  setupCompleted,
  workflowTypeOf,
} from '../workflows/messages.ts'
import { temporalReason } from '../runtime/temporal-errors.ts'

const signals = { setupCompleted, actionCompleted, recordChanged }

/** Requests to Temporal. Responses never wait for them, and the run dispatcher repeats those that were lost. */
export interface Runs {
  start(run: RunInput): void
  signal(run: RunInput, name: keyof typeof signals): void
  /** Starts the run of a bulk onboarding, or makes it read the record. */
  signalBulk(bulk: BulkReference): void
  /** Starts the run that makes the refunds of a charge, or makes it look. */
  signalCharge(chargeId: string): void
  /** Starts the run that settles a charge of an ended onboarding. Throws if Temporal is not reachable. */
  settleCharge(chargeId: string): Promise<void>
}

const deadline = 2_000
const mostInFlight = 64

/** Sends requests to Temporal, a limited number at a time, so that a slow or unreachable Temporal delays no call. */
export function temporalRuns({ client, taskQueue, log }: { client: Client; taskQueue: string; log: Logger }): Runs {
  let inFlight = 0
  const inBackground = (run: object, send: () => Promise<unknown>) => {
    if (inFlight >= mostInFlight) return runLeftToStarter()
    inFlight++
    client
      .withDeadline(Date.now() + deadline, send)
      .catch((error: unknown) => {
        runLeftToStarter()
        log.debug({ ...run, reason: temporalReason(error) }, 'the run dispatcher will start or signal the run')
      })
      .finally(() => inFlight--)
  }
  const signalCharge = (chargeId: string) =>
    client.workflow.signalWithStart(moneyType, {
      ...moneyStart(chargeId, taskQueue),
      signal: recordChanged,
      signalArgs: [],
    })
  return {
    start: (run) =>
      inBackground({ onboarding: run.onboardingId }, () =>
        client.workflow.start(workflowTypeOf(run), onboardingStart(run, taskQueue)),
      ),
    signal: (run, name) =>
      inBackground({ onboarding: run.onboardingId }, () =>
        client.workflow.signalWithStart(workflowTypeOf(run), {
          ...onboardingStart(run, taskQueue),
          signal: signals[name],
          signalArgs: [],
        }),
      ),
    signalBulk: (bulk) =>
      inBackground({ bulk: bulk.bulkId }, () =>
        client.workflow.signalWithStart(bulkType, {
          ...bulkStart(bulk, taskQueue),
          signal: recordChanged,
          signalArgs: [],
        }),
      ),
    signalCharge: (chargeId) => inBackground({ charge: chargeId }, () => signalCharge(chargeId)),
    async settleCharge(chargeId) {
      await client.withDeadline(Date.now() + deadline, () => signalCharge(chargeId))
    },
  }
}
