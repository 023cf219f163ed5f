/** The behavior of a test card, after docs.stripe.com/testing. */
export interface TestCard {
  brand: 'visa' | 'mastercard' | 'amex' | 'link'
  last4: string
  /** The decline of a charge. Absent if the charge succeeds. */
  decline?: { code: string; decline_code?: string }
  /** Whether saving the card is declined too. */
  cannotBeSaved?: boolean
  /**
   * When the bank requires the customer: always, even if absent; if absent, only for a card that is not set up; or
   * never if absent.
   */
  challenge?: 'always' | 'unless_set_up' | 'on_session'
  /** Whether the bank challenges on a 3-D Secure request. Other cards without `challenge` proceed without it. */
  asksOnRequest?: boolean
  /** The decline of a charge after a completed challenge. Absent if the charge succeeds. */
  declineAfterChallenge?: { code: string; decline_code?: string }
  /** The outcome of a refund after two days. Absent if it succeeds at once; `fails_later` first succeeds. */
  refund?: 'fails_later' | 'succeeds_later'
  /** Whether a successful charge is disputed at once. */
  disputed?: boolean
  /** Whether a payment stays `processing`. No card of the vendor's does. */
  processes?: boolean
}

const declined = (decline_code: string) => ({ code: 'card_declined', decline_code })

/** Cards by number. Numbers are only looked up and never stored; the `token` name is stored. */
const cards: Record<string, TestCard & { token: string }> = {
  '4242424242424242': { token: 'pm_card_visa', brand: 'visa', last4: '4242' },
  '4000056655665556': { token: 'pm_card_visa_debit', brand: 'visa', last4: '5556' },
  '5555555555554444': { token: 'pm_card_mastercard', brand: 'mastercard', last4: '4444' },
  '378282246310005': { token: 'pm_card_amex', brand: 'amex', last4: '0005' },
  '4000000000000002': {
    token: 'pm_card_visa_chargeDeclined',
    brand: 'visa',
    last4: '0002',
    decline: declined('generic_decline'),
    cannotBeSaved: true,
  },
  '4000000000009995': {
    token: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    brand: 'visa',
    last4: '9995',
    decline: declined('insufficient_funds'),
    cannotBeSaved: true,
  },
  '4000000000009987': {
    token: 'pm_card_visa_chargeDeclinedLostCard',
    brand: 'visa',
    last4: '9987',
    decline: declined('lost_card'),
    cannotBeSaved: true,
  },
  '4000000000009979': {
    token: 'pm_card_visa_chargeDeclinedStolenCard',
    brand: 'visa',
    last4: '9979',
    decline: declined('stolen_card'),
    cannotBeSaved: true,
  },
  '4000000000000069': {
    token: 'pm_card_chargeDeclinedExpiredCard',
    brand: 'visa',
    last4: '0069',
    decline: { code: 'expired_card', decline_code: 'expired_card' },
    cannotBeSaved: true,
  },
  '4000000000000127': {
    token: 'pm_card_chargeDeclinedIncorrectCvc',
    brand: 'visa',
    last4: '0127',
    decline: { code: 'incorrect_cvc', decline_code: 'incorrect_cvc' },
    cannotBeSaved: true,
  },
  '4000000000000119': {
    token: 'pm_card_chargeDeclinedProcessingError',
    brand: 'visa',
    last4: '0119',
    decline: { code: 'processing_error', decline_code: 'processing_error' },
    cannotBeSaved: true,
  },
  '4000000000006975': {
    token: 'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
    brand: 'visa',
    last4: '6975',
    decline: declined('card_velocity_exceeded'),
    cannotBeSaved: true,
  },
  '4100000000000019': { token: 'pm_card_radarBlock', brand: 'visa', last4: '0019', decline: declined('fraudulent') },
  '4000000000000341': {
    token: 'pm_card_chargeCustomerFail',
    brand: 'visa',
    last4: '0341',
    decline: declined('generic_decline'),
  },
  '4000002500003155': {
    token: 'pm_card_authenticationRequiredOnSetup',
    brand: 'visa',
    last4: '3155',
    challenge: 'unless_set_up',
  },
  '4000002760003184': { token: 'pm_card_authenticationRequired', brand: 'visa', last4: '3184', challenge: 'always' },
  '4000003800000446': {
    token: 'pm_card_authenticationRequiredSetupForOffSession',
    brand: 'visa',
    last4: '0446',
    challenge: 'on_session',
  },
  '4000008260003178': {
    token: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    brand: 'visa',
    last4: '3178',
    challenge: 'always',
    declineAfterChallenge: declined('insufficient_funds'),
  },
  '4000000000003220': { token: 'pm_card_threeDSecure2Required', brand: 'visa', last4: '3220', challenge: 'always' },
  '4000008400001629': {
    token: 'pm_card_threeDSecureRequiredChargeDeclined',
    brand: 'visa',
    last4: '1629',
    challenge: 'always',
    declineAfterChallenge: declined('generic_decline'),
  },
  '4000008400001280': {
    token: 'pm_card_threeDSecureRequiredProcessingError',
    brand: 'visa',
    last4: '1280',
    decline: { code: 'processing_error', decline_code: 'processing_error' },
  },
  '4000000000005126': { token: 'pm_card_refundFail', brand: 'visa', last4: '5126', refund: 'fails_later' },
  '4000000000007726': { token: 'pm_card_pendingRefund', brand: 'visa', last4: '7726', refund: 'succeeds_later' },
  '4000000000003055': { token: 'pm_card_threeDSecureOptional', brand: 'visa', last4: '3055', asksOnRequest: true },
  '4000000000000259': { token: 'pm_card_createDispute', brand: 'visa', last4: '0259', disputed: true },
}

/** A method of the simulator alone: test mode has no card whose payment the bank processes for a while. */
const processing: TestCard = { brand: 'visa', last4: '0000', processes: true }

/** What a customer of Link pays with other than a card, in an integration that accepts only cards. */
const linkBank: TestCard = { brand: 'link', last4: '0000' }

const byToken = new Map<string, TestCard>([
  ...Object.values(cards).map(({ token, ...card }) => [token, card] as const),
  ['pm_card_simulator_processing', processing],
  ['pm_card_simulator_link_bank', linkBank],
])

/** Returns the card of a documented test payment method, such as `pm_card_visa`. */
export const cardOfToken = (token: string): TestCard | undefined => byToken.get(token)

/** Returns the name of the documented test payment method with this number. Test mode accepts no other numbers. */
export const tokenOfNumber = (number: string): string | undefined => cards[number.replaceAll(/\s/g, '')]?.token
