/**
 * Tells that a request is alive while it waits for a gateway, whose calls have a time limit of their own: the deadline
 * of a request is about the database.
 */
export async function whileWaiting<T>(alive: () => void, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(alive, 1_000)
  try {
    return await work()
  } finally {
    clearInterval(beat)
  }
}
