import { Context } from '@temporalio/activity'

/** The context of the activity that runs now; undefined where a step is called by something else, such as a test. */
export function inActivity(): Context | undefined {
  try {
    return Context.current()
  } catch {
    return undefined
  }
}

/**
 * Returns whether the workflow that runs this step has another id than `workflowId`: somebody started a copy by hand.
 * Only one run with an id can be open, so that the copy has nothing to drive.
 */
export function isStrayOf(workflowId: string): boolean {
  const running = inActivity()?.info.workflowExecution?.workflowId
  return running !== undefined && running !== workflowId
}
