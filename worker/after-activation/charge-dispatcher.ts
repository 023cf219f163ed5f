import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import { temporalReason } from '../../runtime/temporal-errors.ts'
import { claimDueCharges } from '../../store/charges/wake.ts'
import type { Database } from '../../store/database/database.ts'
import { moneyStart, moneyType, recordChanged } from '../../workflows/messages.ts'
import { repeatEvery } from '../repeat.ts'

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
 * Starts or signals the runs of charges with a pending refund whose start was lost, or whose run no longer exists:
 * their `wake_at` has passed.
 */
export function startChargeDispatcher({ every = 1_000, ...d }: DispatcherDependencies): { stop(): Promise<void> } {
  return repeatEvery(
    every,
    () => dispatchDue(d),
    (error) => d.log.warn({ reason: temporalReason(error) }, 'due refunds could not be started; retrying'),
  )
}

async function dispatchDue({ database, client, taskQueue }: DispatcherDependencies): Promise<void> {
  for (const chargeId of await claimDueCharges(database, batch))
    await client.withDeadline(Date.now() + deadline, () =>
      client.workflow.signalWithStart(moneyType, {
        ...moneyStart(chargeId, taskQueue),
        signal: recordChanged,
        signalArgs: [],
      }),
    )
}
