/** What the gateway shows of the refunds of one paid object, in minor units. */
export interface Refunds {
  /** Through. */
  returned: number
  /** Under way. */
  pending: number
  /** Whether the newest one failed: at the vendor's, or days later at the bank. */
  failed: boolean
  /** The newest one's id. */
  id: string | null
}

export type RefundDecision =
  { do: 'record'; state: 'succeeded' | 'pending' | 'failed' } | { do: 'request'; amount: number }

/**
 * What to do about a charge of `amount` that is to go back whole: parts may have been returned by somebody at the
 * gateway. One that failed is not asked for again: a person must find another way.
 */
export function decideRefund(amount: number, { returned, pending, failed }: Refunds): RefundDecision {
  if (returned >= amount) return { do: 'record', state: 'succeeded' }
  if (returned + pending >= amount) return { do: 'record', state: 'pending' }
  if (failed) return { do: 'record', state: 'failed' }
  return { do: 'request', amount: amount - returned - pending }
}
