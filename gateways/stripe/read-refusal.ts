import type Stripe from 'stripe'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { ObjectHandle, Reference } from '../gateway.ts'
import { toGatewayError } from './errors.ts'
import { idOf } from './readings.ts'

/** What can still be confirmed, so what a refused confirm did not touch. */
const confirmable = new Set(['requires_payment_method', 'requires_confirmation'])

/**
 * Returns what a confirm that Stripe refused without a published reason means, decided by reading the intent and what
 * was submitted: `unexpected_state` where the intent has moved on, `method_unusable` where the method is at fault, else
 * `refused`.
 */
export async function readRefusal(
  stripe: Stripe,
  object: ObjectHandle,
  reference: Reference,
  error: Stripe.errors.StripeInvalidRequestError,
): Promise<unknown> {
  const code = error.code ?? 'invalid_request_error'
  const intent =
    object.kind === 'payment'
      ? await stripe.paymentIntents.retrieve(object.id)
      : await stripe.setupIntents.retrieve(object.id)
  if (!confirmable.has(intent.status)) return new GatewayError('unexpected_state', code)
  // Our own parameters are the same for every card: only the method can make one of them invalid.
  if (error.code) return new GatewayError('method_unusable', code)
  const usable = reference.singleUse
    ? await isTokenUsable(stripe, reference.id)
    : await isMethodUsable(stripe, reference.id, idOf(intent.customer))
  return usable ? toGatewayError(error) : new GatewayError('method_unusable', code)
}

/** A token that was used, has expired or holds anything but a card cannot be confirmed with. */
async function isTokenUsable(stripe: Stripe, id: string): Promise<boolean> {
  const token = await stripe.confirmationTokens.retrieve(id)
  const expired = token.expires_at !== null && token.expires_at * 1000 <= Date.now()
  const type = token.payment_method_preview?.type ?? 'card'
  return !expired && !token.payment_intent && !token.setup_intent && type === 'card'
}

/** Only a card that is attached to the charged customer can be tried more than once. */
async function isMethodUsable(stripe: Stripe, id: string, customerId: string): Promise<boolean> {
  const method = await findMethod(stripe, id)
  return method?.type === 'card' && idOf(method.customer) === customerId
}

/** Returns a payment method, or undefined where there is none of that id. */
export async function findMethod(stripe: Stripe, id: string): Promise<Stripe.PaymentMethod | undefined> {
  try {
    return await stripe.paymentMethods.retrieve(id)
  } catch (error) {
    if (isGatewayError(toGatewayError(error), 'not_found', 'method_unusable')) return undefined
    throw error
  }
}
