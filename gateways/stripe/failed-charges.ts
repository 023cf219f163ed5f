import type Stripe from 'stripe'
import type { PaymentGateway } from '../gateway.ts'
import { declineCode } from './declines.ts'

type Tries = Awaited<ReturnType<NonNullable<PaymentGateway['failedTries']>>>

/**
 * Lists the newest 100 failed charges of a PaymentIntent, oldest first. A failed 3-D Secure authentication creates no
 * charge (docs.stripe.com/api/charges/list).
 */
export async function listFailedCharges(stripe: Stripe, paymentIntent: string): Promise<Tries> {
  const { data } = await stripe.charges.list({ payment_intent: paymentIntent, limit: 100 })
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
