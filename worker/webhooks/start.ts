import type { Client } from '@temporalio/client'
import { Worker, type NativeConnection } from '@temporalio/worker'
import type { Logger } from 'pino'
import { createWebhookActivities } from '../../activities/webhooks/index.ts'
import { createSlots } from '../../domain/slots.ts'
import { webhookQueue } from '../../domain/webhooks/endpoint.ts'
import { createAddressRules } from '../../receivers/addresses.ts'
import { createReceivers } from '../../receivers/post.ts'
import type { Config } from '../../runtime/config.ts'
import { openDatabase } from '../../store/database/database.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { createEndpointStart, startEndpointDispatcher } from './endpoint-runs.ts'
import { workerIdentity } from '../identity.ts'
import type { WorkerPart } from '../runs.ts'
import { startWebhookDispatcher } from './dispatcher.ts'

interface WebhookWorkerOptions {
  config: Pick<Config, 'databaseUrl' | 'webhooks' | 'publicUrl' | 'taskQueue'>
  connection: NativeConnection
  namespace: string
  client: Client
  log: Logger
}

/** Maximum number of requests of one process. */
const mostRequests = 256

/**
 * Delivers webhooks: its own connections to PostgreSQL and its own task queue, so that unresponsive receivers do not
 * delay payments.
 */
export async function startWebhooks(options: WebhookWorkerOptions): Promise<WorkerPart> {
  const { config, connection, namespace, client, log } = options
  const { webhooks, publicUrl, taskQueue } = config
  const database = openDatabase(config.databaseUrl, {
    name: 'webhooks',
    max: 8,
    statementTimeout: 2_500,
    transactionTimeout: 5_000,
  })
  const receivers = createReceivers({
    rules: createAddressRules(webhooks.allowedNetworks, webhooks.refusedPorts),
    publicUrl,
  })
  const sealing = createSealing(webhooks.secretKeys, 'webhook')
  const dependencies = { database, post: receivers.post, sealing, slots: createSlots(mostRequests), log }
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: webhookQueue(taskQueue),
    identity: workerIdentity(),
    activities: createWebhookActivities(dependencies),
    maxConcurrentActivityTaskExecutions: 20,
    shutdownGraceTime: '20s',
    shutdownForceTime: '25s',
  })
  const working = worker.run()
  const dispatcher = startWebhookDispatcher({
    ...dependencies,
    startRun: createEndpointStart({ client, taskQueue }),
  })
  const runs = startEndpointDispatcher({ database, client, taskQueue, log })
  let stopping: Promise<unknown> | undefined
  const stop = () => (stopping ??= Promise.all([dispatcher.stop(), runs.stop()]))
  const finished = working.then(async () => {
    await stop()
    await receivers.close()
    await database.end({ timeout: 5 })
  })
  const shutdown = () => {
    void stop()
    worker.shutdown()
  }
  return { shutdown, isRunning: () => worker.getState() === 'RUNNING', finished }
}
