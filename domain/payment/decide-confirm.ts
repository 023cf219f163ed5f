/** What is known of the payment object and of the attempt that is to be made on it. */
export interface ConfirmSituation {
  /** What the gateway showed when it was read just now. */
  reading: 'untouched' | 'declined' | 'needs_customer' | 'processing' | 'paid' | 'dead'
  /** Whether this attempt was sent before; its answer may have been lost. */
  sent: boolean
  /** Whether the gateway shows that this very attempt was tried. Only asked where it was sent. */
  tried: boolean
  /** Whether the gateway said that what was submitted cannot be used, or its token has expired. */
  unusable: boolean
  /** Whether a saved method was tried without its customer, and the bank declined because it wants the customer. */
  customerWanted: boolean
  /** Whether the object was declined and takes no other payment method. */
  exhausted: boolean
  /** Whether the object is what was submitted, as an approved session is: then there is no other for it. */
  isSubmission?: boolean
  /** Whether an earlier try left the object so that this attempt cannot be tried on it (`isSpoiled`). */
  spoiled?: boolean
}

/** What is known of an object and of an attempt that is to be tried on it. */
export interface TriesSoFar {
  /** Whether this attempt was sent before. */
  sent: boolean
  /** Whether the saved method belongs to the charged customer already, who is then not asked to be present. */
  attached: boolean
  /** Whether the attempt is made with its customer at hand. */
  customerPresent: boolean
  /** Whether the bank is asked for 3-D Secure. */
  challenge: boolean
  kind: 'payment' | 'setup'
  /** Whether the object was tried with a customer at hand, to be charged again later. */
  keptForLater: boolean
  declined: boolean
  /** Whether the gateway lets nothing be saved on an object that was tried without its customer. */
  offSessionPreventsSaving: boolean
}

/**
 * Whether an earlier try keeps an attempt from being tried on an object. What was once confirmed to be kept for later
 * cannot be confirmed without its customer any more: "off_session" is refused where "setup_future_usage" is set on the
 * PaymentIntent (github.com/artsy/exchange/issues/484). The other way round nothing is saved beside "off_session".
 */
export function isSpoiled(tries: TriesSoFar): boolean {
  if (tries.sent || tries.customerPresent) return false
  if (tries.attached) return tries.keptForLater && !tries.challenge
  // Declined without its customer: a try with one is noted as kept for later before it is sent.
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
 * The next thing to do with a payment object, for every combination of what is known. The object admits one success, so
 * reading it decides; sending again is only ever done to an object that was read as able to pay and not paid.
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
  // A challenge that an earlier, abandoned attempt left behind is not ours to answer.
  if (reading === 'needs_customer') return sent ? 'wait_for_customer' : 'close_first'
  if (sent && tried) {
    if (reading !== 'declined') return 'record_void'
    return customerWanted ? 'confirm_with_customer' : 'record_declined'
  }
  if (exhausted) return 'next_object'
  return unusable ? 'record_void' : 'confirm'
}

/** What is known of an object that is created and paid in one call, whose id comes with the answer only. */
export interface OneStepSituation {
  /** `contradiction`: the gateway speaks of another request under our key, or of a payment that we do not know. */
  answer: 'none_yet' | 'an_object' | 'declined' | 'unusable' | 'refused' | 'contradiction' | 'unclear'
  /** Whether it was asked for before this time; that answer may have been lost. */
  askedBefore: boolean
  /** Whether the gateway surely still knows the key of the first call: then the same call answers what became of it. */
  remembered: boolean
}

export type OneStepDecision =
  'ask' | 'ask_again' | 'read_object' | 'record_declined' | 'record_void' | 'next_object' | 'ask_person'

/**
 * The next thing to do with an object that is created and paid in one call. Here the key is the guard: nothing is asked
 * for under another one until the call was answered plainly, and nothing under this one when it may be forgotten.
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
      // A refusal at the door, of a key or a right of ours, says nothing of what an earlier call did.
      return askedBefore ? 'ask_again' : 'next_object'
    case 'contradiction':
      return 'ask_person'
    case 'unclear':
      return 'ask_again'
  }
}
