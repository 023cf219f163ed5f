import type { BlockedOn } from '../lifecycle.ts'
import type { PersonReason } from './person-reasons.ts'

/** Why a step waits although nobody has to act. */
export type GatewayCause = 'gateway' | 'database' | 'earlier_charge'

/** Whom a step cannot continue without. Operators are told why. */
export type Blocker = { on: 'gateway'; cause?: GatewayCause } | { on: 'operator'; reason: PersonReason }

/** Whom a run waits for. */
export type WaitsFor = Blocker | { on: Exclude<BlockedOn, 'operator'>; cause?: GatewayCause }

/** A wait of a run before its next attempt. `count` is the number of such waits in a row so far. */
export type RunWait = WaitsFor & {
  /** `reading`: the bank has not decided. `retry`: a step failed. */
  before: 'reading' | 'retry'
  count: number
}

const minutes = (n: number) => n * 60_000

/**
 * Returns how long to wait, in milliseconds. An undecided payment is read after 1, 5 and 15 minutes, then hourly. A
 * failed step is retried after 15 seconds, doubling up to `longest`, or up to 12 times that if an operator must act.
 */
export function pauseOf({ on, before, count }: Pick<RunWait, 'on' | 'before' | 'count'>, longest: number): number {
  if (before === 'reading') return [1, 5, 15].map(minutes)[count] ?? minutes(60)
  const limit = on === 'operator' ? longest * 12 : longest
  return Math.min(15_000 * 2 ** Math.min(count, 20), limit)
}

/** Time limit of a payment step, in milliseconds. */
export const paymentTimeLimit = 150_000
