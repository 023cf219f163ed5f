import type { DeclineCode } from '../../domain/declines.ts'

// docs.stripe.com/declines/codes. What is not listed here is `declined`: lost, stolen and suspected cards among it.
const codes: Record<string, DeclineCode> = {
  insufficient_funds: 'insufficient_funds',
  withdrawal_count_limit_exceeded: 'insufficient_funds',
  expired_card: 'expired_card',
  invalid_expiry_month: 'expired_card',
  invalid_expiry_year: 'expired_card',
  incorrect_cvc: 'incorrect_cvc',
  invalid_cvc: 'incorrect_cvc',
  incorrect_number: 'incorrect_number',
  invalid_number: 'incorrect_number',
  invalid_account: 'incorrect_number',
  incorrect_zip: 'incorrect_postal_code',
  incorrect_address: 'incorrect_postal_code',
  card_not_supported: 'card_not_supported',
  currency_not_supported: 'card_not_supported',
  processing_error: 'try_again_later',
  issuer_not_available: 'try_again_later',
  try_again_later: 'try_again_later',
  reenter_transaction: 'try_again_later',
  approve_with_id: 'try_again_later',
  authentication_required: 'authentication_required',
  payment_intent_authentication_failure: 'authentication_failed',
  setup_intent_authentication_failure: 'authentication_failed',
}

/** Turns Stripe's `code` and `decline_code` into what the decline means to the customer. */
export function declineCode(error: { code?: string | null; decline_code?: string | null }): DeclineCode {
  return codes[error.decline_code ?? ''] ?? codes[error.code ?? ''] ?? 'declined'
}
