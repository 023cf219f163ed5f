import type { Logger } from 'pino'

/** Seconds. Receivers reject requests whose time differs from theirs by 300. */
const tolerated = 30
/** Milliseconds between two warnings. */
const repeated = 600_000

/**
 * Returns a function that compares the clock of this process with PostgreSQL's, and warns if they differ. Requests
 * contain PostgreSQL's time, but one of the two clocks is wrong.
 */
export function createClockCheck(log: Logger): (databaseTime: Date) => void {
  let lastWarning = -Infinity
  return (databaseTime) => {
    const seconds = Math.round((Date.now() - databaseTime.getTime()) / 1_000)
    if (Math.abs(seconds) <= tolerated || performance.now() - lastWarning < repeated) return
    lastWarning = performance.now()
    log.warn(
      { seconds },
      'the clocks of this process and of PostgreSQL differ; receivers refuse webhooks if that of PostgreSQL is wrong',
    )
  }
}
