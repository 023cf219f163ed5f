// The pace at which the rows of a bulk onboarding are onboarded, and the times at which their runs start.

/** Rows per second: minimum, maximum and default. */
export const rowRates = { least: 1, most: 100, usual: 20 }
/** Runs started per second. A start costs many times as much as a row. */
export const startRates = { least: 1, most: 50, usual: 5 }

/** Maximum delay in milliseconds that is made up for. After a longer one the plan is moved. */
const longestLag = 1_000

/**
 * Returns a function that returns the milliseconds to wait before the next row, at this many rows per second. A delay
 * of up to a second is made up for; after a longer one, rows continue at the normal pace.
 */
export function createPace(now: () => number): (rowsPerSecond: number) => number {
  let next = now()
  return (rowsPerSecond) => {
    const turn = Math.max(next, now() - longestLag)
    next = turn + 1_000 / rowsPerSecond
    return Math.max(0, turn - now())
  }
}

/** The time and the row from which runs start one after another. */
export interface StartPlan {
  startsFrom: Date
  startsFromRow: number
}

/** Returns when the run of a row starts, at this many starts per second. */
export const startOf = ({ startsFrom, startsFromRow }: StartPlan, row: number, startsPerSecond: number): Date =>
  new Date(startsFrom.getTime() + (Math.max(0, row - startsFromRow) * 1_000) / startsPerSecond)

/**
 * Returns the starts per second: as requested, or more if the last run would otherwise start later than half the time
 * until its first reminder (`firstReminder` in seconds; undefined if there is none).
 */
export function startsPerSecond(requested: number, rows: number, firstReminder: number | undefined): number {
  return firstReminder === undefined ? requested : Math.max(requested, rows / (firstReminder / 2))
}

/** A bulk onboarding pauses after this many failures in a row with one code. */
export const failuresInRow = 20
/** It also pauses if this many of the last `recentRows` rows failed. */
export const recentFailures = 100
export const recentRows = 1_000

/** Returns whether enough rows failed that an operator must act. `codes`: newest first, null for success. */
export function failsOften(codes: (string | null)[]): boolean {
  const last = codes.slice(0, failuresInRow)
  if (last.length === failuresInRow && last[0] !== null && last.every((code) => code === last[0])) return true
  return codes.slice(0, recentRows).filter((code) => code !== null).length >= recentFailures
}
