import { Connection } from '@temporalio/client'
import { webhookQueue } from '../domain/webhooks/endpoint.ts'
import type { Config } from '../runtime/config.ts'
import { temporalReason } from '../runtime/temporal-errors.ts'
import { clientOptions } from '../runtime/temporal.ts'

/** The task queue of each part of a worker, and its type: 1 workflows, 2 activities. Webhooks alone run no workflow. */
const queueOf = {
  runs: (taskQueue: string) => [taskQueue, 1] as const,
  webhooks: (taskQueue: string) => [webhookQueue(taskQueue), 2] as const,
}

/** Throws an Error with one sentence unless a worker on the machine `host` polls Temporal for its tasks. */
export async function checkPolling(
  { taskQueue, temporal, workerDoes }: Pick<Config, 'taskQueue' | 'temporal' | 'workerDoes'>,
  host: string,
): Promise<void> {
  for (const [queue, type] of workerDoes.map((part) => queueOf[part](taskQueue))) {
    const pollers = await pollersOf(queue, type, temporal).catch((error: unknown) => {
      throw new Error(`Temporal at ${temporal.address} does not report its workers: ${temporalReason(error)}`)
    })
    if (!pollers.some(({ identity }) => identity?.endsWith(`@${host}`)))
      throw new Error(`no worker on ${host} polls the task queue ${queue} in the namespace ${temporal.namespace}`)
  }
}

async function pollersOf(taskQueue: string, taskQueueType: 1 | 2, temporal: Config['temporal']) {
  const connection = await Connection.connect({ ...clientOptions(temporal), connectTimeout: '5s' })
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType,
    })
    return pollers ?? []
  } finally {
    await connection.close()
  }
}
