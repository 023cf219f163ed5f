import type Stripe from 'stripe'
import type { PaymentGateway } from '../gateway.ts'
import { declineCode } from './declines.ts'

type Tries = Awaited<ReturnType<NonNullable<PaymentGateway['formTries']>>>

/**
 * Lists what was tried on a SetupIntent and not saved, oldest first: the newest 100, far more than any limit of the
 * guard (docs.stripe.com/api/setup_attempts).
 */
export async function listSetupTries(stripe: Stripe, setupIntent: string): Promise<Tries> {
  const { data } = await stripe.setupAttempts.list({ setup_intent: setupIntent, limit: 100 })
  return data.reverse().flatMap(({ id, status, setup_error }): Tries => {
    if (status === 'failed') return [{ id, state: 'declined', code: declineCode(setup_error ?? {}) }]
    return status === 'abandoned' ? [{ id, state: 'abandoned', code: null }] : []
  })
}
