import { allHandlersFinished, condition, setHandler, workflowInfo, type SignalDefinition } from '@temporalio/workflow'

export interface ReadRequests {
  /** Continues as new if the history is long. Runs that might never sleep call it between two steps. */
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
 * before a sleep it can replace a long history: `continueRun` continues as new.
 */
export function listenForReadRequests(
  signals: { signal: SignalDefinition; description: string }[],
  continueRun: () => Promise<never>,
): ReadRequests {
  let isRequested = false
  const request = () => {
    isRequested = true
  }
  for (const { signal, description } of signals) setHandler(signal, request, { description })
  const shorten = async () => {
    if (!workflowInfo().continueAsNewSuggested) return
    await condition(allHandlersFinished)
    await continueRun()
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
