import type Stripe from 'stripe'
import type { PaymentGateway } from '../gateway.ts'
import { declineCode } from './declines.ts'

type Tries = Awaited<ReturnType<NonNullable<PaymentGateway['formTries']>>>
type FailedTries = Awaited<ReturnType<NonNullable<PaymentGateway['failedTries']>>>

/** Statuses of attempts that reached a bank; `requires_confirmation` did not. */
const states = new Map<string, Tries[number]['state']>([
  ['failed', 'declined'],
  ['abandoned', 'abandoned'],
  ['requires_action', 'asked'],
  ['processing', 'asked'],
  ['succeeded', 'asked'],
])

/** Maximum number of attempts that are read. More can be made only while the service is down for long. */
const mostTries = 1_000

/** Lists the attempts on a SetupIntent, oldest first, at most the newest 1,000 (docs.stripe.com/api/setup_attempts). */
export async function listSetupTries(stripe: Stripe, setupIntent: string): Promise<Tries> {
  const pages = stripe.setupAttempts.list({ setup_intent: setupIntent, limit: 100 })
  const data = await pages.autoPagingToArray({ limit: mostTries })
  return data.reverse().flatMap(({ id, created, status, setup_error }): Tries => {
    const state = states.get(status)
    const code = state === 'declined' ? declineCode(setup_error ?? {}) : null
    return state ? [{ id, at: new Date(created * 1_000), state, code }] : []
  })
}

/**
 * Lists the failed charges among the newest 1,000 of a PaymentIntent, oldest first. A failed 3-D Secure authentication
 * creates no charge (docs.stripe.com/api/charges/list).
 */
export async function listFailedCharges(stripe: Stripe, paymentIntent: string): Promise<FailedTries> {
  const pages = stripe.charges.list({ payment_intent: paymentIntent, limit: 100 })
  const data = await pages.autoPagingToArray({ limit: mostTries })
  return data
    .reverse()
    .filter(({ status }) => status === 'failed')
    .map(({ id, created, failure_code, outcome }) => ({
      id,
      at: new Date(created * 1_000),
      state: 'declined' as const,
      code: declineCode({ code: failure_code, decline_code: outcome?.reason ?? null }),
    }))
}

/** Lists the failed attempts among the newest 1,000 on a SetupIntent, oldest first. */
export async function listFailedSetupTries(stripe: Stripe, setupIntent: string): Promise<FailedTries> {
  const tries = await listSetupTries(stripe, setupIntent)
  return tries.flatMap(({ state, ...tried }) => (state === 'asked' ? [] : [{ ...tried, state }]))
}
