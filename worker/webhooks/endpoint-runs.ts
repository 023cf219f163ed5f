import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { EndpointReference } from '../../domain/webhooks/endpoint.ts'
import { temporalReason } from '../../runtime/temporal-errors.ts'
import type { Database } from '../../store/database/database.ts'
import { claimDueEndpoints } from '../../store/webhooks/health.ts'
import { endpointStart, endpointType, recordChanged } from '../../workflows/messages.ts'
import { repeatEvery } from '../repeat.ts'

interface EndpointRunDependencies {
  database: Database
  client: Client
  taskQueue: string
  log: Logger
  /** Milliseconds between polls. */
  every?: number
}

const batch = 20
const deadline = 2_000

/** Returns a function that starts or signals the run of a failing endpoint. Throws if Temporal does not respond. */
export const createEndpointStart =
  ({ client, taskQueue }: Pick<EndpointRunDependencies, 'client' | 'taskQueue'>) =>
  async (endpoint: EndpointReference): Promise<void> => {
    await client.withDeadline(Date.now() + deadline, () =>
      client.workflow.signalWithStart(endpointType, {
        ...endpointStart(endpoint, taskQueue),
        signal: recordChanged,
        signalArgs: [],
      }),
    )
  }

/** Starts or signals the runs of endpoints whose start or signal was lost, or whose run no longer exists. */
export function startEndpointDispatcher({ every = 1_000, database, log, ...temporal }: EndpointRunDependencies) {
  const start = createEndpointStart(temporal)
  const dispatch = async () => {
    for (const endpoint of await claimDueEndpoints(database, batch)) await start(endpoint)
  }
  return repeatEvery(every, dispatch, (error) =>
    log.warn({ reason: temporalReason(error) }, 'runs of webhook endpoints could not be started; retrying'),
  )
}
