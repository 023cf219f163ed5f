import { Context } from '@temporalio/activity'

/** Returns the context of the current activity; undefined if a step is called outside of one, for example by a test. */
export function inActivity(): Context | undefined {
  try {
    return Context.current()
  } catch {
    return undefined
  }
}

/** Returns the id of the workflow of this step; undefined if the step is called outside of one. */
export const ownWorkflowId = (): string | undefined => inActivity()?.info.workflowExecution?.workflowId

/**
 * Returns whether the workflow of this step has another id than `workflowId`: it is a copy that was started by hand.
 * Only one run with an id can be open, so the copy must do nothing.
 */
export function isStrayOf(workflowId: string): boolean {
  const running = ownWorkflowId()
  return running !== undefined && running !== workflowId
}
