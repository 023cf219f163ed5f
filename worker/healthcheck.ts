import { hostname } from 'node:os'
import { Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { readConfig } from '../config.ts'

// Ends with 0 where the worker of this machine asks Temporal for tasks; what a container's health check calls.

const { taskQueue } = readConfig(process.env, [])
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' })
const { pollers } = await connection.workflowService.describeTaskQueue({
  namespace,
  taskQueue: { name: taskQueue },
  taskQueueType: 1,
})
const mine = (pollers ?? []).some(({ identity }) => identity?.endsWith(`@${hostname()}`))
process.exit(mine ? 0 : 1)
