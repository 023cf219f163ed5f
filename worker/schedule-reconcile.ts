import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client'

/** Creates the two-hourly reconciliation schedule if it is missing. Every worker calls it. */
export async function scheduleReconciliation(client: Client, taskQueue: string): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: `janitor/${taskQueue}`,
      spec: { intervals: [{ every: '2h' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
      action: {
        type: 'startWorkflow',
        workflowType: 'janitor',
        workflowId: `janitor/${taskQueue}`,
        taskQueue,
        args: [],
      },
    })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
}
