import { allHandlersFinished, condition, setHandler, workflowInfo, type SignalDefinition } from '@temporalio/workflow'

export interface Wakes {
  /** Says that the record should be looked at. */
  wake(): void
  /** Sleeps for so many milliseconds, or until woken; a wake that came before counts. */
  sleep(milliseconds: number, summary: string): Promise<void>
}

/**
 * Listens for signals. Their content is not looked at: each only says "look at the record". A run knows nothing that
 * the record does not, so a long history is cut between two waits: `startAfresh` continues as new.
 */
export function listenForWakes(
  signals: { signal: SignalDefinition; description: string }[],
  startAfresh: () => Promise<never>,
): Wakes {
  let woken = false
  const wake = () => {
    woken = true
  }
  for (const { signal, description } of signals) setHandler(signal, wake, { description })
  return {
    wake,
    async sleep(milliseconds, summary) {
      if (workflowInfo().continueAsNewSuggested) {
        await condition(allHandlersFinished)
        await startAfresh()
      }
      await condition(() => woken, Math.max(1, milliseconds), { summary })
      woken = false
    },
  }
}
