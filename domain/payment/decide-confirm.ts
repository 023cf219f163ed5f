/** What is known about a payment object and the attempt to be confirmed on it. */
export interface ConfirmSituation {
  /** The state of the object, read just now. */
  reading: 'untouched' | 'declined' | 'needs_customer' | 'processing' | 'paid' | 'dead'
  /** Whether this attempt was sent before; the response may have been lost. */
  sent: boolean
  /** Whether the gateway shows that this attempt was tried. Read only if it was sent. */
  tried: boolean
  /** Whether the gateway rejected the submission as unusable, or its token has expired. */
  unusable: boolean
  /** Whether a saved method was tried without its customer, and the bank declined because it requires the customer. */
  customerWanted: boolean
  /** Whether the object was declined and accepts no other payment method. */
  exhausted: boolean
  /**
   * Whether the submission itself is the object, as with an approved session. Then it cannot be confirmed on another
   * one.
   */
  isSubmission?: boolean
  /** Whether an earlier attempt left the object in a state in which this one cannot be confirmed (`isSpoiled`). */
  spoiled?: boolean
}

/** What is known about an object, its earlier attempts and the attempt to be confirmed on it. */
export interface TriesSoFar {
  /** Whether this attempt was sent before. */
  sent: boolean
  /** Whether the saved method belongs to the charged customer already, who is then not asked to be present. */
  attached: boolean
  /** Whether the attempt is confirmed with the customer present. */
  customerPresent: boolean
  /** Whether 3-D Secure is requested. */
  challenge: boolean
  kind: 'payment' | 'setup'
  /** Whether the object was confirmed with a customer present, to be charged again later. */
  keptForLater: boolean
  declined: boolean
  /** Whether an object that was confirmed without its customer can no longer save a payment method. */
  offSessionPreventsSaving: boolean
}

/**
 * Returns whether an earlier attempt prevents this one on the same object. Stripe rejects `off_session` once
 * `setup_future_usage` is set on the PaymentIntent (github.com/artsy/exchange/issues/484). Conversely, a payment with
 * `off_session` does not save the method.
 */
export function isSpoiled(tries: TriesSoFar): boolean {
  if (tries.sent || tries.customerPresent) return false
  if (tries.attached) return tries.keptForLater && !tries.challenge
  // Declined without its customer: `keptForLater` is recorded before an attempt with the customer is sent.
  const triedWithout = tries.kind === 'payment' && tries.declined && !tries.keptForLater
  return triedWithout && tries.offSessionPreventsSaving
}

export type ConfirmDecision =
  | 'record_paid'
  | 'record_declined'
  | 'record_void'
  | 'wait_for_customer'
  | 'wait_for_bank'
  | 'confirm'
  | 'confirm_with_customer'
  | 'next_object'
  | 'close_first'

/**
 * Returns the next action for a payment object. Pure. An object can succeed only once, so its state decides: an attempt
 * is sent again only to an object that was read as unpaid and still payable.
 */
export function decideConfirm({
  reading,
  sent,
  tried,
  unusable,
  customerWanted,
  exhausted,
  isSubmission = false,
  spoiled = false,
}: ConfirmSituation): ConfirmDecision {
  if (spoiled) return 'close_first'
  if (reading === 'paid') return 'record_paid'
  if (reading === 'dead') return isSubmission ? 'record_void' : 'next_object'
  if (reading === 'processing') return 'wait_for_bank'
  // The challenge belongs to an earlier, abandoned attempt.
  if (reading === 'needs_customer') return sent ? 'wait_for_customer' : 'close_first'
  if (sent && tried) {
    if (reading !== 'declined') return 'record_void'
    return customerWanted ? 'confirm_with_customer' : 'record_declined'
  }
  if (exhausted) return 'next_object'
  return unusable ? 'record_void' : 'confirm'
}

/** What is known about an object that is created and paid in one call. Its id is known only from the response. */
export interface OneStepSituation {
  /** `contradiction`: the gateway has another request under our key, or a payment that is not recorded here. */
  answer: 'none_yet' | 'an_object' | 'declined' | 'unusable' | 'refused' | 'contradiction' | 'unclear'
  /** Whether the call was made before; its response may have been lost. */
  askedBefore: boolean
  /** Whether the gateway is certain to remember the key of the first call, so that a repeat returns its result. */
  remembered: boolean
}

export type OneStepDecision =
  'ask' | 'ask_again' | 'read_object' | 'record_declined' | 'record_void' | 'next_object' | 'ask_person'

/**
 * Returns the next action for an object that is created and paid in one call. Pure. Only the idempotency key prevents a
 * second payment: no other key is used until this call has a definite result, and this key is not used once the gateway
 * may have forgotten it.
 */
export function decideOneStep({ answer, askedBefore, remembered }: OneStepSituation): OneStepDecision {
  switch (answer) {
    case 'none_yet':
      return askedBefore && !remembered ? 'ask_person' : 'ask'
    case 'an_object':
      return 'read_object'
    case 'declined':
      return 'record_declined'
    case 'unusable':
      return 'record_void'
    case 'refused':
      // A rejected key or permission does not show whether an earlier call was executed.
      return askedBefore ? 'ask_again' : 'next_object'
    case 'contradiction':
      return 'ask_person'
    case 'unclear':
      return 'ask_again'
  }
}
