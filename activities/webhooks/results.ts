import type { Database } from '../../store/database/database.ts'
import { writeResults, type DeliveryResult } from '../../store/webhooks/deliveries/deliveries.ts'

/** Collected results are written after this many milliseconds or this many results. */
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
    /** Writes the remaining results. */
    async written(): Promise<void> {
      flush()
      await writing
    },
    /** Writes the remaining results and stops. Rethrows an error from writing. */
    async close(): Promise<void> {
      clearInterval(timer)
      flush()
      await writing
      if (failure) throw failure.error
    },
  }
}
