import type Stripe from 'stripe'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { ObjectHandle, Reference } from '../gateway.ts'
import { toGatewayError } from './errors.ts'
import { idOf } from './readings.ts'

/** Statuses that can still be confirmed: a rejected confirm did not change them. */
const confirmable = new Set(['requires_payment_method', 'requires_confirmation'])

/**
 * Reads the intent and the submission to classify a confirm that Stripe rejected without a documented reason:
 * `unexpected_state` if the intent has changed, `method_unusable` if the method is at fault, else `refused`.
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
  // Our parameters are the same for every card: only the method can make one of them invalid.
  if (error.code) return new GatewayError('method_unusable', code)
  const usable = reference.singleUse
    ? await isTokenUsable(stripe, reference.id)
    : await isMethodUsable(stripe, reference.id, idOf(intent.customer))
  return usable ? toGatewayError(error) : new GatewayError('method_unusable', code)
}

/** Returns whether a token can be confirmed: it is unused, has not expired, and is for a card. */
async function isTokenUsable(stripe: Stripe, id: string): Promise<boolean> {
  const token = await stripe.confirmationTokens.retrieve(id)
  const expired = token.expires_at !== null && token.expires_at * 1000 <= Date.now()
  const type = token.payment_method_preview?.type ?? 'card'
  return !expired && !token.payment_intent && !token.setup_intent && type === 'card'
}

/** Returns whether a method is a card attached to the charged customer. No other one can be tried twice. */
async function isMethodUsable(stripe: Stripe, id: string, customerId: string): Promise<boolean> {
  const method = await findMethod(stripe, id)
  return method?.type === 'card' && idOf(method.customer) === customerId
}

/** Returns a payment method; undefined if the id does not exist. */
export async function findMethod(stripe: Stripe, id: string): Promise<Stripe.PaymentMethod | undefined> {
  try {
    return await stripe.paymentMethods.retrieve(id)
  } catch (error) {
    if (isGatewayError(toGatewayError(error), 'not_found', 'method_unusable')) return undefined
    throw error
  }
}
