import type { Client, WorkflowStartOptions } from '@temporalio/client'
import type { Logger } from 'pino'
import { temporalReason } from '../../runtime/temporal-errors.ts'
import { claimDueBulks } from '../../store/bulk/wake.ts'
import { claimDueCharges } from '../../store/charges/wake.ts'
import type { Database } from '../../store/database/database.ts'
import { bulkStart, bulkType, moneyStart, moneyType, recordChanged } from '../../workflows/messages.ts'
import { repeatEvery } from '../repeat.ts'

// Starts or signals runs whose start or signal was lost, or that no longer exist: `wake_at` of their row has passed.
// Runs of onboardings, of which there are many, have a dispatcher of their own (`run-dispatcher.ts`).

interface Dependencies {
  database: Database
  client: Client
  taskQueue: string
  log: Logger
  /** Milliseconds between polls. */
  every?: number
}

interface Dispatcher {
  stop(): Promise<void>
}

const batch = 20
const deadline = 2_000

/** Dispatches the runs of bulk onboardings. */
export const startBulkDispatcher = (d: Dependencies): Dispatcher =>
  dispatchEvery(d, 'due bulk onboardings could not be started; retrying', bulkType, async () =>
    (await claimDueBulks(d.database, batch)).map((bulk) => bulkStart(bulk, d.taskQueue)),
  )

/** Dispatches the runs of charges with a pending refund. */
export const startChargeDispatcher = (d: Dependencies): Dispatcher =>
  dispatchEvery(d, 'due refunds could not be started; retrying', moneyType, async () =>
    (await claimDueCharges(d.database, batch)).map((chargeId) => moneyStart(chargeId, d.taskQueue)),
  )

function dispatchEvery(
  { client, log, every = 1_000 }: Dependencies,
  failure: string,
  type: string,
  claimStarts: () => Promise<WorkflowStartOptions[]>,
): Dispatcher {
  const dispatchDue = async () => {
    for (const start of await claimStarts())
      await client.withDeadline(Date.now() + deadline, () =>
        client.workflow.signalWithStart(type, { ...start, signal: recordChanged, signalArgs: [] }),
      )
  }
  return repeatEvery(every, dispatchDue, (error) => log.warn({ reason: temporalReason(error) }, failure))
}
