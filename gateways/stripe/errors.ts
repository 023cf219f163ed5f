import Stripe from 'stripe'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import { cannotBeSent } from '../cannot-be-sent.ts'

/** Documented codes for a faulty payment method (docs.stripe.com/error-codes). */
const unusableMethod = new Set([
  'payment_intent_incompatible_payment_method',
  'payment_method_currency_mismatch',
  'payment_method_not_available',
  'payment_method_unexpected_state',
  'payment_method_unsupported_type',
  'token_already_used',
])

/** Documented codes for an account or key that cannot be used (docs.stripe.com/error-codes). */
const rejectedAccount = new Set([
  'account_invalid',
  'api_key_expired',
  'livemode_mismatch',
  'platform_api_key_expired',
  'secret_key_required',
  'testmode_charges_only',
])

const namesMethod = (param: string | undefined) => param === 'confirmation_token' || param === 'payment_method'

/**
 * Returns whether an error does not identify the cause: a 400 without a code, as for a detached method, or with
 * `*_invalid_parameter`, as for a method of another type. Messages are not documented, so the object must be read.
 */
export function needsReading(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError) || error.statusCode !== 400) return false
  const vague = !error.code || error.code.endsWith('_invalid_parameter')
  return vague && (!error.param || namesMethod(error.param))
}

/** Returns whether Stripe replayed the stored response of an earlier request with the same key. */
export const wasReplayed = (headers: Record<string, string> | undefined) => headers?.['idempotent-replayed'] === 'true'

/** Runs SDK calls and converts their errors to GatewayErrors. */
export async function call<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toGatewayError(error)
  }
}

/**
 * Converts an SDK error to a GatewayError (docs.stripe.com/error-low-level, docs.stripe.com/api/errors). The vendor's
 * message is dropped: it can contain personal data.
 */
export function toGatewayError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error
  const code = error.code ?? error.type ?? 'unknown'
  if (error instanceof Stripe.errors.StripeConnectionError)
    return cannotBeSent(error)
      ? new GatewayError('refused', 'cannot_be_sent', { rejectsAccount: true })
      : new GatewayError('unknown', 'no_answer')
  if (error.code === 'idempotency_key_in_use') return new GatewayError('unknown', code)
  if (error instanceof Stripe.errors.StripeIdempotencyError) return new GatewayError('key_reused', code)
  if (error instanceof Stripe.errors.StripeRateLimitError) return new GatewayError('not_now', code)
  if (error instanceof Stripe.errors.StripeAPIError)
    return new GatewayError(wasReplayed(error.headers) ? 'stored_failure' : 'unknown', `http_${error.statusCode}`)
  if (isOfAccount(error)) return new GatewayError('refused', code, { rejectsAccount: true })
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return invalidRequest(error, code)
  return new GatewayError(blamesMethod(error, code) ? 'method_unusable' : 'refused', code)
}

/** An invalid key is 401, a missing permission 403. */
const isOfAccount = (error: Stripe.errors.StripeError) =>
  error instanceof Stripe.errors.StripeAuthenticationError ||
  error instanceof Stripe.errors.StripePermissionError ||
  rejectedAccount.has(error.code ?? '')

function invalidRequest(error: Stripe.errors.StripeInvalidRequestError, code: string): GatewayError {
  if (unusableMethod.has(code)) return new GatewayError('method_unusable', code)
  if (code.endsWith('_unexpected_state')) return new GatewayError('unexpected_state', code)
  if (code === 'charge_disputed' || code === 'refund_disputed_payment') return new GatewayError('disputed', code)
  if (code === 'charge_already_refunded') return new GatewayError('unexpected_state', code)
  if (code === 'resource_missing')
    return new GatewayError(namesMethod(error.param) ? 'method_unusable' : 'not_found', code)
  if (blamesMethod(error, code)) return new GatewayError('method_unusable', code)
  // Stripe repeats the response for this key, also once an operator has removed the cause.
  return new GatewayError(wasReplayed(error.headers) ? 'stored_failure' : 'refused', code)
}

/** The customer can fix a faulty payment method; no operator is needed. */
const blamesMethod = ({ param }: Stripe.errors.StripeError, code: string) =>
  namesMethod(param) && !code.startsWith('parameter_')
