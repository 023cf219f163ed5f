import type { BlockedOn } from '../lifecycle.ts'
import type { PersonReason } from './person-reasons.ts'

/** Whom a step cannot go on without. An operator is told why. */
export type Blocker = { on: 'gateway' } | { on: 'operator'; reason: PersonReason }

/** Whom a run waits for. */
export type WaitsFor = Blocker | { on: Exclude<BlockedOn, 'operator'> }

/** Why a run waits before it tries again by itself, and the how-manieth time in a row. */
export type RunWait = WaitsFor & {
  /** Asking a bank again that has not decided, or trying a gateway again that failed. */
  before: 'reading' | 'retry'
  count: number
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
