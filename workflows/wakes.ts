import { allHandlersFinished, condition, setHandler, workflowInfo, type SignalDefinition } from '@temporalio/workflow'

export interface Wakes {
  /** Continues as new if the history is long. Runs that might never sleep call it between two steps. */
  shorten(): Promise<void>
  /** Requests another read of the record. */
  wake(): void
  /** Sleeps for some milliseconds or until woken. A signal that arrived since the last sleep counts. */
  sleep(milliseconds: number, summary: string): Promise<void>
}

/**
 * Handles signals. They have no content: each requests a read of the record. The run has no state of its own, so
 * before a sleep it can replace a long history: `continueRun` continues as new.
 */
export function listenForWakes(
  signals: { signal: SignalDefinition; description: string }[],
  continueRun: () => Promise<never>,
): Wakes {
  let woken = false
  const wake = () => {
    woken = true
  }
  for (const { signal, description } of signals) setHandler(signal, wake, { description })
  const shorten = async () => {
    if (!workflowInfo().continueAsNewSuggested) return
    await condition(allHandlersFinished)
    await continueRun()
  }
  return {
    wake,
    shorten,
    async sleep(milliseconds, summary) {
      await shorten()
      await condition(() => woken, Math.max(1, milliseconds), { summary })
      woken = false
    },
  }
}
