import type { BlockedOn } from '../lifecycle.ts'

/** Why a run waits before it tries again by itself, and the how-manieth time in a row. */
export interface RunWait {
  on: BlockedOn
  /** Asking a bank again that has not decided, or trying a gateway again that failed. */
  before: 'reading' | 'retry'
  count: number
  /** A code of ours for what a person must look at. */
  reason?: string
}

const minutes = (n: number) => n * 60_000

/**
 * How long to wait, in milliseconds. A bank is asked again after 1, 5 and 15 minutes, then hourly. A gateway is tried
 * again after 15 seconds, doubling up to `longest`; where a person must mend something, up to an hour.
 */
export function pauseOf({ on, before, count }: Pick<RunWait, 'on' | 'before' | 'count'>, longest: number): number {
  if (before === 'reading') return [1, 5, 15].map(minutes)[count] ?? minutes(60)
  const limit = on === 'operator' ? longest * 12 : longest
  return Math.min(15_000 * 2 ** Math.min(count, 20), limit)
}

/** Milliseconds; the workflow gives the step as long. */
export const paymentTimeLimit = 150_000
