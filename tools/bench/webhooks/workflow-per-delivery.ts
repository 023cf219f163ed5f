import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { clientOptions } from '../../../runtime/temporal.ts'
import { workerLimits } from '../../../worker/run-worker.ts'
import { cpuTimes, type CpuTimes } from '../measure.ts'
import type { BenchServers } from '../servers.ts'

const lanes = 32

interface Workflows {
  servers: BenchServers
  receiverUrl: string
  deliveries: number
}

/** Returns the CPU time of a delivery by a workflow with one activity, in milliseconds. */
export async function measureWorkflows({ servers, receiverUrl, deliveries }: Workflows): Promise<CpuTimes> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), workerHeartbeatInterval: 0, shutdownSignals: [] })
  const address = servers.temporalAddress
  const native = await NativeConnection.connect({ address })
  const connection = await Connection.connect(clientOptions({ address }))
  const client = new Client({ connection })
  const taskQueue = 'workflow-per-delivery'
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  })
  const activities = { post: (url: string, id: string) => post(url, id) }
  const worker = await Worker.create({ ...workerLimits, connection: native, taskQueue, activities, workflowBundle })
  const deliver = async (total: number) => {
    let begun = 0
    const lane = async () => {
      while (begun++ < total) {
        const id = randomUUID()
        await client.workflow.execute('deliver', { workflowId: id, taskQueue, args: [receiverUrl, id] })
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
  }
  const used = await worker.runUntil(async () => {
    await deliver(lanes * 2)
    const before = cpuTimes(servers.pids())
    await deliver(deliveries)
    const after = cpuTimes(servers.pids())
    const parts = ['app', 'temporal', 'postgres'] as const
    return Object.fromEntries(parts.map((part) => [part, (after[part] - before[part]) / deliveries])) as unknown
  })
  await Promise.all([native.close(), connection.close()])
  return used as CpuTimes
}

async function post(url: string, id: string): Promise<void> {
  const body = JSON.stringify({ id, sequence: null, data: {} })
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  if (!response.ok) throw new Error(`The receiver returned ${response.status}`)
}
