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
}

export type ConfirmDecision =
  | 'record_paid'
  | 'record_declined'
  | 'record_void'
  | 'wait_for_customer'
  | 'wait_for_bank'
  | 'confirm'
  | 'next_object'
  | 'close_first'

/**
 * The next thing to do with a payment object, for every combination of what is known. The object admits one success, so
 * reading it decides; sending again is only ever done to an object that was read as able to pay and not paid.
 */
export function decideConfirm({ reading, sent, tried, unusable }: ConfirmSituation): ConfirmDecision {
  if (reading === 'paid') return 'record_paid'
  if (reading === 'dead') return 'next_object'
  if (reading === 'processing') return 'wait_for_bank'
  // A challenge that an earlier, abandoned attempt left behind is not ours to answer.
  if (reading === 'needs_customer') return sent ? 'wait_for_customer' : 'close_first'
  if (sent && tried) return reading === 'declined' ? 'record_declined' : 'record_void'
  return unusable ? 'record_void' : 'confirm'
}
