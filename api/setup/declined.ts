import type { Context } from 'hono'
import { Failure } from '../../domain/failure/failures.ts'

/**
 * The refusal of a payment method that was really tried. It is the outcome of work done: a keyed repeat is given it
 * again.
 */
export function declined(c: Context, message: string, param = 'payment_data'): Failure {
  c.set('isOutcome', true)
  return new Failure('payment_declined', message, { param })
}
