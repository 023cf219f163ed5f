import type Stripe from 'stripe'
import type { PaymentGateway } from '../gateway.ts'
import { declineCode } from './declines.ts'

type Tries = Awaited<ReturnType<NonNullable<PaymentGateway['formTries']>>>

/** Statuses of tries that reached a bank; `requires_confirmation` did not. */
const states = new Map<string, Tries[number]['state']>([
  ['failed', 'declined'],
  ['abandoned', 'abandoned'],
  ['requires_action', 'asked'],
  ['processing', 'asked'],
  ['succeeded', 'asked'],
])

/**
 * Lists the newest 100 tries on a SetupIntent, oldest first; the decline limits are far lower
 * (docs.stripe.com/api/setup_attempts).
 */
export async function listSetupTries(stripe: Stripe, setupIntent: string): Promise<Tries> {
  const { data } = await stripe.setupAttempts.list({ setup_intent: setupIntent, limit: 100 })
  return data.reverse().flatMap(({ id, created, status, setup_error }): Tries => {
    const state = states.get(status)
    const code = state === 'declined' ? declineCode(setup_error ?? {}) : null
    return state ? [{ id, at: new Date(created * 1_000), state, code }] : []
  })
}
