import { hostname } from 'node:os'
import { Connection } from '@temporalio/client'
import { readConfig } from '../runtime/config.ts'
import { clientOptions } from '../runtime/temporal.ts'
import { beforeStart } from '../runtime/start.ts'

// Health check for containers: exits with 0 if the worker on this machine polls Temporal for tasks.

const { taskQueue, temporal } = await beforeStart(() => readConfig(process.env, ['temporal']))
const { namespace } = temporal
const connection = await Connection.connect({ ...clientOptions(temporal), connectTimeout: '5s' })
const { pollers } = await connection.workflowService.describeTaskQueue({
  namespace,
  taskQueue: { name: taskQueue },
  taskQueueType: 1,
})
const mine = (pollers ?? []).some(({ identity }) => identity?.endsWith(`@${hostname()}`))
process.exit(mine ? 0 : 1)
