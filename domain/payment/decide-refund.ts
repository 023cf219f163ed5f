/** The refunds of one paid object at the gateway, in minor units. */
export interface Refunds {
  /** Sum of the succeeded refunds. */
  returned: number
  /** Sum of the pending refunds. */
  pending: number
  /** Whether the newest refund failed, at the gateway or days later at the bank. */
  failed: boolean
  /** The id of the newest refund. */
  id: string | null
}

export type RefundDecision =
  { do: 'record'; state: 'succeeded' | 'pending' | 'failed' } | { do: 'request'; amount: number }

/**
 * Returns what to do to refund a charge of `amount` completely. Pure. Someone may have refunded parts of it at the
 * gateway. A failed refund is not requested again: a person must return the money in another way.
 */
export function decideRefund(amount: number, { returned, pending, failed }: Refunds): RefundDecision {
  if (returned >= amount) return { do: 'record', state: 'succeeded' }
  if (returned + pending >= amount) return { do: 'record', state: 'pending' }
  if (failed) return { do: 'record', state: 'failed' }
  return { do: 'request', amount: amount - returned - pending }
}
