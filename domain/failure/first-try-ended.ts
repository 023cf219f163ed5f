import { conflict } from './failures.ts'

/**
 * Rejects a call with an Idempotency-Key whose first request created an object that has since been deleted or revoked:
 * the same key must not create a second one. `what` names the object and how it ended.
 */
export function throwFirstTryEnded(what: string): never {
  throw conflict('first_try_ended', 'Idempotency-Key', `created ${what}; use a new key to create another one`)
}
