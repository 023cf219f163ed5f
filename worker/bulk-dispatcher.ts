import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import { temporalReason } from '../runtime/temporal-errors.ts'
import type { Database } from '../store/database/database.ts'
import { claimDueBulks } from '../store/bulk/wake.ts'
import { repeatEvery } from './repeat.ts'
import { bulkStart, bulkType, recordChanged } from '../workflows/messages.ts'

interface DispatcherDependencies {
  database: Database
  client: Client
  taskQueue: string
  log: Logger
  /** Milliseconds between polls. */
  every?: number
}

const batch = 20
const deadline = 2_000

/**
 * Starts or signals the runs of bulk onboardings whose start or signal was lost, or whose run no longer exists: their
 * `wake_at` has passed.
 */
export function startBulkDispatcher({ every = 1_000, ...d }: DispatcherDependencies): { stop(): Promise<void> } {
  return repeatEvery(
    every,
    () => dispatchDue(d),
    (error) => d.log.warn({ reason: temporalReason(error) }, 'due bulk onboardings could not be started; retrying'),
  )
}

async function dispatchDue({ database, client, taskQueue }: DispatcherDependencies): Promise<void> {
  for (const bulk of await claimDueBulks(database, batch))
    await client.withDeadline(Date.now() + deadline, () =>
      client.workflow.signalWithStart(bulkType, {
        ...bulkStart(bulk, taskQueue),
        signal: recordChanged,
        signalArgs: [],
      }),
    )
}
