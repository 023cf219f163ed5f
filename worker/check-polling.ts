import { Connection } from '@temporalio/client'
import type { Config } from '../runtime/config.ts'
import { temporalReason } from '../runtime/temporal-errors.ts'
import { clientOptions } from '../runtime/temporal.ts'

/** Throws an Error with one sentence unless a worker on the machine `host` polls Temporal for tasks. */
export async function checkPolling(
  { taskQueue, temporal }: Pick<Config, 'taskQueue' | 'temporal'>,
  host: string,
): Promise<void> {
  const pollers = await pollersOf(taskQueue, temporal).catch((error: unknown) => {
    throw new Error(`Temporal at ${temporal.address} does not report its workers: ${temporalReason(error)}`)
  })
  if (!pollers.some(({ identity }) => identity?.endsWith(`@${host}`)))
    throw new Error(`no worker on ${host} polls the task queue ${taskQueue} in the namespace ${temporal.namespace}`)
}

async function pollersOf(taskQueue: string, temporal: Config['temporal']) {
  const connection = await Connection.connect({ ...clientOptions(temporal), connectTimeout: '5s' })
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: 1,
    })
    return pollers ?? []
  } finally {
    await connection.close()
  }
}
