import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
  type SignalDefinition,
  type Workflow,
} from '@temporalio/workflow'

export interface ReadRequests {
  /** Continues as new if a replacement is due. Runs that might never sleep call it between two steps. */
  shorten(): Promise<void>
  /** Requests another read of the record. */
  request(): void
  /** Begins a read: returns whether one has been requested since the last began. */
  begin(): boolean
  /** Sleeps for some milliseconds or until a read is requested. A signal that arrived since the last sleep counts. */
  sleep(milliseconds: number, summary: string): Promise<void>
}

/**
 * Handles signals. They have no content: each requests a read of the record. The run has no state of its own, so
 * before a sleep it can be replaced: `restart` continues as new.
 */
export function listenForReadRequests(
  signals: { signal: SignalDefinition; description: string }[],
  restart: () => Promise<never>,
): ReadRequests {
  let isRequested = false
  const request = () => {
    isRequested = true
  }
  for (const { signal, description } of signals) setHandler(signal, request, { description })
  const shorten = async () => {
    if (!isReplacementDue()) return
    await condition(allHandlersFinished)
    await restart()
  }
  const begin = () => {
    const wasRequested = isRequested
    isRequested = false
    return wasRequested
  }
  return {
    request,
    begin,
    shorten,
    async sleep(milliseconds, summary) {
      await shorten()
      await condition(() => isRequested, Math.max(1, milliseconds), { summary })
      begin()
    },
  }
}

/**
 * Returns whether this run must be replaced before its next wait: its history is long, or another version of the
 * workers is current (docs/decisions/0056).
 */
function isReplacementDue(): boolean {
  const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo()
  return continueAsNewSuggested || targetWorkerDeploymentVersionChanged
}

/** Continues as new. If another version of the workers is current, the next run begins there instead of here. */
export function continueRun<Run extends Workflow>(...args: Parameters<Run>): Promise<never> {
  // Only then: a worker without a version has no behavior to choose.
  const moves = workflowInfo().targetWorkerDeploymentVersionChanged
  return makeContinueAsNewFunc<Run>(moves ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {})(...args)
}
