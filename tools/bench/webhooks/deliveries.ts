import type { Database } from '../../../store/database/database.ts'
import { untilDelivered, writeEvents } from '../../webhooks/traffic.ts'
import { cpuOf, cpuTimes } from '../measure.ts'

interface Deliveries {
  database: Database
  pids: () => { temporal: number; postgres: number; deliverer: number }
  customers: string[]
  events: number
  /** Creates the endpoint that gets the events. Returns its id. */
  create: () => Promise<string>
}

const atOnce = Number.MAX_SAFE_INTEGER

/**
 * Returns the CPU time of a delivery in milliseconds: what routing adds to the writing of its event, then that of the
 * worker and of PostgreSQL while they deliver. The worker stands still until all deliveries wait.
 */
export async function measureDeliveries({ database, pids, customers, events, create }: Deliveries) {
  const now = () => ({ postgres: cpuTimes(pids()).postgres, worker: cpuOf(pids().deliverer) })
  const write = async () => {
    const before = now()
    await writeEvents(database, customers, { count: events, rate: atOnce })
    return (now().postgres - before.postgres) / events
  }
  await write()
  const unrouted = await write()
  const endpoint = await create()
  process.kill(pids().deliverer, 'SIGSTOP')
  const routed = await write().finally(() => process.kill(pids().deliverer, 'SIGCONT'))
  const before = now()
  await untilDelivered(database, [endpoint], 600_000)
  const after = now()
  return {
    routing: routed - unrouted,
    worker: (after.worker - before.worker) / events,
    postgres: (after.postgres - before.postgres) / events,
  }
}
