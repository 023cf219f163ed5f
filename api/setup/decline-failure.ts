import type { Context } from 'hono'
import { Failure } from '../../domain/failure/failures.ts'

/**
 * Returns the error for a payment method that was tried and declined. It is an outcome, so a call with the same
 * Idempotency-Key gets it again.
 */
export function declineFailure(c: Context, message: string, param = 'payment_data'): Failure {
  c.set('isOutcome', true)
  return new Failure('payment_declined', message, { param })
}
