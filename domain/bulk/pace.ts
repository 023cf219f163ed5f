// How fast the rows of a bulk onboarding are worked off, and when the runs of their onboardings start.

/** Rows per second: minimum, maximum and default. */
export const rowRates = { least: 1, most: 100, usual: 20 }
/** Starts of runs per second. A start costs many times what a row costs. */
export const startRates = { least: 1, most: 50, usual: 5 }

/** Work that is due is done at most this much later than planned, in milliseconds, before the plan is moved. */
const longestLag = 1_000

/**
 * Returns a function that gives each row its turn: the milliseconds to wait before it, at this many rows per second. A
 * delay of up to a second is made up for; after a longer one the rows continue at the pace.
 */
export function createPace(now: () => number): (rowsPerSecond: number) => number {
  let next = now()
  return (rowsPerSecond) => {
    const turn = Math.max(next, now() - longestLag)
    next = turn + 1_000 / rowsPerSecond
    return Math.max(0, turn - now())
  }
}

/** From when, and from which row on, runs start one after another. */
export interface StartPlan {
  startsFrom: Date
  startsFromRow: number
}

/** Returns when the run of a row starts, at this many starts per second. */
export const startOf = ({ startsFrom, startsFromRow }: StartPlan, row: number, startsPerSecond: number): Date =>
  new Date(startsFrom.getTime() + (Math.max(0, row - startsFromRow) * 1_000) / startsPerSecond)

/**
 * Returns the starts per second: as requested, or more where the last run would otherwise start later than half of the
 * time until its first reminder is due (seconds, undefined if there is none).
 */
export function startsPerSecond(requested: number, rows: number, firstReminder: number | undefined): number {
  return firstReminder === undefined ? requested : Math.max(requested, rows / (firstReminder / 2))
}

/** A bulk onboarding pauses after this many failures in a row with one code. */
export const failuresInRow = 20
/** It also pauses if this many of the last `recentRows` rows failed. */
export const recentFailures = 100
export const recentRows = 1_000

/** Returns whether so many rows failed that an operator must look. `codes`: newest first, null for success. */
export function failsOften(codes: (string | null)[]): boolean {
  const last = codes.slice(0, failuresInRow)
  if (last.length === failuresInRow && last[0] !== null && last.every((code) => code === last[0])) return true
  return codes.slice(0, recentRows).filter((code) => code !== null).length >= recentFailures
}
