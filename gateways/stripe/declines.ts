import type { DeclineCode } from '../../domain/payment/declines.ts'

const named = (code: DeclineCode, ...reasons: string[]) =>
  reasons.map((reason): [string, DeclineCode] => [reason, code])

// docs.stripe.com/declines/codes. Codes that are not listed here are `declined`.
const codes = new Map<string, DeclineCode>([
  ...named('do_not_try_again', 'lost_card', 'stolen_card', 'pickup_card', 'fraudulent', 'merchant_blacklist'),
  ...named('do_not_try_again', 'restricted_card', 'security_violation', 'stop_payment_order'),
  ...named('do_not_try_again', 'revocation_of_authorization', 'revocation_of_all_authorizations'),
  ...named('insufficient_funds', 'insufficient_funds', 'withdrawal_count_limit_exceeded'),
  ...named('expired_card', 'expired_card', 'invalid_expiry_month', 'invalid_expiry_year'),
  ...named('incorrect_cvc', 'incorrect_cvc', 'invalid_cvc'),
  ...named('incorrect_number', 'incorrect_number', 'invalid_number', 'invalid_account'),
  ...named('incorrect_postal_code', 'incorrect_zip', 'incorrect_address'),
  ...named('card_not_supported', 'card_not_supported', 'currency_not_supported'),
  ...named('try_again_later', 'processing_error', 'issuer_not_available', 'try_again_later'),
  ...named('try_again_later', 'reenter_transaction', 'approve_with_id'),
  ...named('authentication_required', 'authentication_required', 'authentication_not_handled'),
  ...named('authentication_failed', 'payment_intent_authentication_failure', 'setup_intent_authentication_failure'),
])

/** Codes that override the bank's advice: they already ask for another card or for authentication. */
const plain = new Set<DeclineCode>([
  'expired_card',
  'card_not_supported',
  'authentication_required',
  'authentication_failed',
])

// docs.stripe.com/declines/card: the bank's recommendations.
const advices = new Map<string, DeclineCode>([
  ...named('try_again_later', 'try_again_later'),
  ...named('check_card_data', 'confirm_card_data'),
])

/**
 * Converts Stripe's `code`, `decline_code` and `advice_code` to a decline code. "Do not try again" overrides every
 * reason that suggests a retry; other advice counts only if there is no known reason.
 */
export function declineCode(error: {
  code?: string | null
  decline_code?: string | null
  advice_code?: string | null
}): DeclineCode {
  const known = codes.get(error.decline_code ?? '') ?? codes.get(error.code ?? '')
  if (known && plain.has(known)) return known
  if (error.advice_code === 'do_not_try_again') return 'do_not_try_again'
  return known ?? advices.get(error.advice_code ?? '') ?? 'declined'
}
