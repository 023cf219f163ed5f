import { ownDeclineMessages, type OwnDeclineCode } from '../gateways/list.ts'

/**
 * What a declined payment means to the customer. Lost, stolen and suspected cards read like any other decline: a page
 * that distinguished them would help people who test stolen cards.
 */
export type DeclineCode =
  | 'declined'
  /** The bank will never accept this card. Same message as `declined`; the card is not sent to the bank again. */
  | 'do_not_try_again'
  | 'insufficient_funds'
  | 'expired_card'
  | 'incorrect_cvc'
  | 'incorrect_number'
  | 'incorrect_postal_code'
  | 'check_card_data'
  | 'card_not_supported'
  | 'try_again_later'
  | 'authentication_failed'
  | 'authentication_required'
  | OwnDeclineCode

/** Why an attempt was voided without a decline of the bank. Void attempts do not count toward the limits. */
export type VoidCode = 'took_too_long' | 'method_not_usable' | 'onboarding_ended'

const declined = 'Your bank declined this card. You have not been charged. Please try another card.'

/** Messages that the hosted page shows to customers. */
export const customerMessages: Record<DeclineCode | VoidCode, string> = {
  declined,
  do_not_try_again: declined,
  insufficient_funds:
    'Your bank declined this card for insufficient funds. You have not been charged. Please try another card.',
  expired_card: 'This card has expired. You have not been charged. Please try another card.',
  incorrect_cvc: 'The security code is incorrect. You have not been charged. Please check it and try again.',
  incorrect_number: 'The card number is incorrect. You have not been charged. Please check it and try again.',
  incorrect_postal_code:
    'The postal code does not match this card. You have not been charged. Please check it and try again.',
  check_card_data:
    'Your bank did not accept the details of this card. You have not been charged. Please check them or use ' +
    'another card.',
  card_not_supported: 'This card cannot be used for this payment. You have not been charged. Please try another card.',
  try_again_later:
    'Your bank could not process the payment right now. You have not been charged. Please try again in a ' +
    'moment or use another card.',
  authentication_failed:
    'Your bank could not verify your identity. You have not been charged. Please try again or use another card.',
  authentication_required:
    'Your bank requires you to confirm this payment. You have not been charged. Please enter the card here.',
  ...ownDeclineMessages,
  took_too_long: 'Your bank could not be reached in time. You have not been charged. Please enter your card again.',
  method_not_usable: 'This payment method cannot be used. You have not been charged. Please enter another one.',
  onboarding_ended: 'This setup has ended. You have not been charged.',
}

export const declineCodes = Object.keys(customerMessages) as (DeclineCode | VoidCode)[]

/** Returns the code if it is one of those with a message, and `declined` otherwise. */
export const knownDeclineCode = (code: string | null): DeclineCode | VoidCode =>
  code !== null && Object.hasOwn(customerMessages, code) ? (code as DeclineCode | VoidCode) : 'declined'

/** Returns the message of a code for the customer; that of `declined` for an unknown code. */
export const customerMessage = (code: string | null): string => customerMessages[knownDeclineCode(code)]
