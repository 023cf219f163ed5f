import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { NativeConnection, Worker } from '@temporalio/worker'
import { expect, inject, test } from 'vitest'
import { until } from '../support/until.ts'
import { checkPolling } from '../../worker/check-polling.ts'

const temporal = { address: inject('temporalAddress'), namespace: 'default', tls: false as const }

test('the health check says in one sentence that no worker polls', async () => {
  await expect(checkPolling({ taskQueue: 'nobody-polls', temporal, workerDoes: ['runs'] }, 'here')).rejects.toThrow(
    'no worker on here polls the task queue nobody-polls in the namespace default',
  )
})

test('the health check names the address of a Temporal that does not respond', async () => {
  const away = { ...temporal, address: '127.0.0.1:1' }
  await expect(checkPolling({ taskQueue: 'any', temporal: away, workerDoes: ['runs'] }, 'here')).rejects.toThrow(
    'Temporal at 127.0.0.1:1 does not report its workers: Failed to connect before the deadline',
  )
})

test('the health check names a namespace that does not exist', async () => {
  const elsewhere = { ...temporal, namespace: 'not-there' }
  await expect(checkPolling({ taskQueue: 'any', temporal: elsewhere, workerDoes: ['runs'] }, 'here')).rejects.toThrow(
    /not-there/,
  )
})

test('the health check of a process for webhooks alone asks for their task queue', async () => {
  const taskQueue = `health-${randomUUID()}`
  const connection = await NativeConnection.connect({ address: temporal.address })
  const tryEndpoint = async () => {}
  const worker = await Worker.create({ connection, taskQueue: `${taskQueue}-webhooks`, activities: { tryEndpoint } })
  const working = worker.run()
  const check = (workerDoes: ('runs' | 'webhooks')[]) => checkPolling({ taskQueue, temporal, workerDoes }, hostname())
  await until(() =>
    check(['webhooks']).then(
      () => true,
      () => false,
    ),
  )
  await expect(check(['runs', 'webhooks'])).rejects.toThrow(
    `polls the task queue ${taskQueue} in the namespace default`,
  )
  worker.shutdown()
  await working
  await connection.close()
})
