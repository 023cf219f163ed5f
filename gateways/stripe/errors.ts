import Stripe from 'stripe'
import { GatewayError } from '../../domain/gateway-errors.ts'

const unusableMethod = new Set([
  'confirmation_token_expired',
  'confirmation_token_already_used',
  'payment_method_unexpected_state',
  'payment_method_invalid_parameter',
  'payment_method_customer_mismatch',
  'payment_method_not_available',
  'token_already_used',
])

export const wasReplayed = (headers: Record<string, string> | undefined) => headers?.['idempotent-replayed'] === 'true'

/**
 * Sorts an error of the SDK by what is known afterwards (docs.stripe.com/error-low-level, docs.stripe.com/api/errors).
 * The vendor's message is dropped: it can name the customer.
 */
export function toGatewayError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error
  const code = error.code ?? error.type ?? 'unknown'
  if (error instanceof Stripe.errors.StripeConnectionError) return new GatewayError('unknown', 'no_answer')
  if (error.code === 'idempotency_key_in_use') return new GatewayError('unknown', code)
  if (error instanceof Stripe.errors.StripeIdempotencyError) return new GatewayError('key_reused', code)
  if (error instanceof Stripe.errors.StripeRateLimitError) return new GatewayError('not_now', code)
  if (error instanceof Stripe.errors.StripeAPIError)
    return new GatewayError(wasReplayed(error.headers) ? 'stored_failure' : 'unknown', `http_${error.statusCode}`)
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return invalidRequest(error, code)
  // Whatever else is wrong with what was submitted is not for a person of ours to mend.
  const submitted = error.param === 'confirmation_token' || error.param === 'payment_method'
  if (submitted && !code.startsWith('parameter_')) return new GatewayError('method_unusable', code)
  return new GatewayError('refused', code)
}

function invalidRequest(error: Stripe.errors.StripeInvalidRequestError, code: string): GatewayError {
  if (unusableMethod.has(code)) return new GatewayError('method_unusable', code)
  if (code.endsWith('_unexpected_state')) return new GatewayError('unexpected_state', code)
  if (code === 'charge_already_refunded') return new GatewayError('unexpected_state', code)
  if (code === 'resource_missing') {
    const method = error.param === 'confirmation_token' || error.param === 'payment_method'
    return new GatewayError(method ? 'method_unusable' : 'not_found', code)
  }
  // Whatever else is wrong with what was submitted is not for a person of ours to mend.
  const submitted = error.param === 'confirmation_token' || error.param === 'payment_method'
  if (submitted && !code.startsWith('parameter_')) return new GatewayError('method_unusable', code)
  return new GatewayError('refused', code)
}
