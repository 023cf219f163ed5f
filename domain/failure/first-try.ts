import { conflict } from './failures.ts'

/**
 * Refuses a keyed call whose first try made something that has ended since. A second one under the same key could be
 * one too many, and what has ended is of no use. `what` says what it is and how it ended.
 */
export function refuseEnded(what: string): never {
  throw conflict('first_try_ended', 'Idempotency-Key', `made ${what} since; use another key to make another`)
}
