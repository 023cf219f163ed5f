import type { Client } from '@temporalio/client'

const note = 'Compares the record with the gateways every two hours. It never charges; trigger it at any time.'

/** What Temporal UI shows of the runs of the schedule. */
const texts = {
  staticSummary: 'Compare the record with the gateways',
  staticDetails: 'Refunds, disputes and payments that only one side has: `docs/operations.md#reconciliation`',
}

/** Says in Temporal UI what a reconciliation schedule is for. An operator's note, such as why it is paused, stays. */
export async function noteReconciliation(client: Client, scheduleId: string): Promise<void> {
  const schedule = client.schedule.getHandle(scheduleId)
  const { state } = await schedule.describe()
  if (state.note) return
  await schedule.update((before) => ({
    ...before,
    state: { ...before.state, note },
    action: { ...before.action, ...texts },
  }))
}
