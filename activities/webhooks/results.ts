import type { Database } from '../../store/database/database.ts'
import { writeResults, type DeliveryResult } from '../../store/webhooks/deliveries.ts'

/** Milliseconds, and results, after which what was collected is written. */
const every = 25
const most = 50

/** Writes the results of an endpoint's deliveries together, one statement after the other. */
export function collectResults(database: Database, endpointId: string) {
  let collected: DeliveryResult[] = []
  let writing = Promise.resolve()
  let failure: { error: unknown } | undefined
  const flush = () => {
    if (collected.length === 0) return
    const results = collected
    collected = []
    writing = writing
      .then(() => writeResults(database, endpointId, results))
      .catch((error: unknown) => void (failure ??= { error }))
  }
  const timer = setInterval(flush, every)
  return {
    add(result: DeliveryResult): void {
      collected.push(result)
      if (collected.length >= most) flush()
    },
    /** Whether results could not be written: their deliveries will be sent again. */
    hasFailed: () => failure !== undefined,
    /** Writes what is left. */
    async written(): Promise<void> {
      flush()
      await writing
    },
    /** Writes what is left and stops. Throws what writing threw. */
    async close(): Promise<void> {
      clearInterval(timer)
      flush()
      await writing
      if (failure) throw failure.error
    },
  }
}
