import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleHandle } from '@temporalio/client'

/** Returns the id of the schedule of a task queue, with which the ids of its runs begin. */
export const reconciliationScheduleOf = (taskQueue: string): string => `janitor/${taskQueue}`

/**
 * Creates the two-hourly reconciliation schedule if it is missing. Every worker calls it. Changes the schedule of
 * version 0.2.0: its runs read each charge, in steps that no longer exist.
 */
export async function scheduleReconciliation(client: Client, taskQueue: string): Promise<void> {
  const scheduleId = reconciliationScheduleOf(taskQueue)
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'janitor',
    workflowId: `${scheduleId}/by-page`,
    taskQueue,
    args: [],
  }
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '2h' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
      action,
    })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    await replaceOlder(client, client.schedule.getHandle(scheduleId), action.workflowId)
  }
}

/** A round can be terminated at any time: it never charges, and the next one compares what it did not. */
async function replaceOlder(client: Client, schedule: ScheduleHandle, workflowId: string): Promise<void> {
  const { action, info } = await schedule.describe()
  if (action.workflowId === workflowId) return
  for (const { workflow } of info.runningActions)
    await client.workflow.getHandle(workflow.workflowId).terminate('a newer version compares by page')
  await schedule.update((before) => ({ ...before, action: { ...before.action, workflowId } }))
}
