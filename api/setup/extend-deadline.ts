/**
 * Extends the deadline of a request while it waits for a gateway. The deadline is for the database; calls to gateways
 * have their own time limit.
 */
export async function extendDeadline<T>(alive: () => void, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(alive, 1_000)
  try {
    return await work()
  } finally {
    clearInterval(beat)
  }
}
