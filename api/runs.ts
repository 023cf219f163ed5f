import type { Client } from '@temporalio/client'
import type { Logger } from '../runtime/log.ts'
import type { BulkReference } from '../domain/bulk/bulk.ts'
import type { RecordedRun } from '../domain/onboarding/run.ts'
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
import { readHistories, type RunHistory } from './run-histories.ts'
import { temporalReason } from '../runtime/temporal-errors.ts'
import type { Sql } from '../store/database/database.ts'
import { noteCause } from '../store/measures/traces.ts'
import { activeSpan } from '../traces/tracing.ts'

const signals = { setupCompleted, actionCompleted, recordChanged }

/** Requests to Temporal. Responses never wait for them, and the run dispatcher repeats those that were lost. */
export interface Runs {
  start(run: RecordedRun): void
  signal(run: RecordedRun, name: keyof typeof signals): void
  /** Starts the run of a bulk onboarding, or makes it read the record. */
  signalBulk(bulk: BulkReference): void
  /** Starts the run that makes the refunds of a charge, or makes it look. */
  signalCharge(chargeId: string): void
  /** Starts the run that settles a charge of an ended onboarding. Throws if Temporal is not reachable. */
  settleCharge(chargeId: string): Promise<void>
  /** Reads the histories of workflow ids that Temporal still has; undefined if it does not respond. */
  histories(workflowIds: string[]): Promise<RunHistory[] | undefined>
}

const deadline = 2_000
const mostInFlight = 64

/** What a request is about; the log has it. */
type Subject = { onboarding: string } | { bulk: string } | { charge: string }

/** Sends a request. While the call is traced, first notes its trace, because a step can begin at once. */
function afterNote(database: Sql, subject: Subject, send: () => Promise<unknown>): Promise<unknown> {
  const span = activeSpan()
  if (!span?.isRecorded) return send()
  return noteCause(database, Object.values(subject)[0]!, span.traceparent).then(send, send)
}

interface RunsOptions {
  client: Client
  taskQueue: string
  log: Logger
  /** Where the trace of a call is noted, so that the steps that it causes become part of it. */
  database: Sql
}

/** Sends requests to Temporal, a limited number at a time, so that a slow or unreachable Temporal delays no call. */
export function temporalRuns({ client, taskQueue, log, database }: RunsOptions): Runs {
  let inFlight = 0
  const inBackground = (run: Subject, send: () => Promise<unknown>) => {
    if (inFlight >= mostInFlight) return runLeftToStarter()
    inFlight++
    afterNote(database, run, () => client.withDeadline(Date.now() + deadline, send))
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
    histories: (workflowIds) => readHistories(client, workflowIds),
    async settleCharge(chargeId) {
      await client.withDeadline(Date.now() + deadline, () => signalCharge(chargeId))
    },
  }
}
