/**
 * What a declined payment means to the customer. Lost, stolen and suspected cards are `declined`, like any other:
 * a page that told them apart would help whoever tests stolen cards.
 */
export type DeclineCode =
  | 'declined'
  | 'insufficient_funds'
  | 'expired_card'
  | 'incorrect_cvc'
  | 'incorrect_number'
  | 'incorrect_postal_code'
  | 'card_not_supported'
  | 'try_again_later'
  | 'authentication_failed'
  | 'authentication_required'

/** Why an attempt was given up without the bank having said no; none of these counts as an attempt. */
export type VoidCode = 'took_too_long' | 'method_not_usable' | 'onboarding_ended'

export const customerMessages: Record<DeclineCode | VoidCode, string> = {
  declined: 'Your bank declined this card. You have not been charged. Please try another card.',
  insufficient_funds:
    'Your bank declined this card for insufficient funds. You have not been charged. Please try another card.',
  expired_card: 'This card has expired. You have not been charged. Please try another card.',
  incorrect_cvc: 'The security code is not right. You have not been charged. Please check it and try again.',
  incorrect_number: 'The card number is not right. You have not been charged. Please check it and try again.',
  incorrect_postal_code:
    'The postal code does not match this card. You have not been charged. Please check it and try again.',
  card_not_supported: 'This card cannot be used for this payment. You have not been charged. Please try another card.',
  try_again_later:
    'Your bank could not process the payment just now. You have not been charged. Please try again in a moment.',
  authentication_failed:
    'Your bank could not confirm that it was you. You have not been charged. Please try again or use another card.',
  authentication_required:
    'Your bank wants you to confirm this payment. You have not been charged. Please enter the card here.',
  took_too_long: 'We could not reach your bank in time; nothing was charged. Please enter your card again.',
  method_not_usable: 'This payment method cannot be used. You have not been charged. Please enter another one.',
  onboarding_ended: 'This setup has ended. You have not been charged.',
}

export function customerMessage(code: string | null): string {
  return customerMessages[(code ?? 'declined') as DeclineCode] ?? customerMessages.declined
}
