import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { reconciliationScheduleOf } from '../../../worker/schedule-reconcile.ts'
import { openCustomers } from './customers.ts'
import { countCompleted, countWaiting, untilCount } from './record.ts'
import { actionsBetween, readActions } from './server-actions.ts'
import type { LiveStack } from './stack.ts'

const onboardings = 100

/** Counts the actions of an onboarding, from its start to the enrollment, and of a round of reconciliation. */
export async function measureActions(stack: LiveStack) {
  const read = () => readActions(stack.temporalMetricsUrl)
  const before = await settled(read)
  const customers = await openCustomers(stack, onboardings)
  await untilCount(() => countWaiting(stack.database), onboardings)
  for (const { pay } of customers) await pay()
  const ids = customers.map(({ id }) => id)
  await untilCount(() => countCompleted(stack.database, ids), onboardings)
  const after = await settled(read)
  await runReconciliation(stack)
  return {
    onboarding: actionsBetween(before, after, onboardings),
    roundOfReconciliation: actionsBetween(after, await settled(read), 1),
  }
}

/** Returns the counts once they have not grown for some seconds. */
async function settled(read: () => Promise<Record<string, number>>) {
  for (let last = await read(); ;) {
    await sleep(5_000)
    const now = await read()
    if (JSON.stringify(now) === JSON.stringify(last)) return now
    last = now
  }
}

async function runReconciliation({ temporal: { address, namespace }, database }: LiveStack): Promise<void> {
  const connection = await Connection.connect({ address })
  const client = new Client({ connection, namespace })
  const rounds = async () => {
    const [row] = await database<{ at: Date | null }[]>`select finished_at as at from reconciliation`
    return row?.at?.getTime() ?? 0
  }
  const last = await rounds()
  await client.schedule.getHandle(reconciliationScheduleOf('onboarding')).trigger()
  await untilCount(rounds, last + 1)
  await connection.close()
}
