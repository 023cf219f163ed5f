import type { RefundState } from '../lifecycle.ts'

/** A refund of ours, as recorded. Amounts are minor units. */
export interface RecordedRefund {
  id: string
  amount: number
  /** Whether it is for all that is left, so that it may become smaller until it is requested. */
  rest: boolean
  state: RefundState
  gatewayRefundId: string | null
}

/** A refund at the gateway. */
export interface GatewayRefund {
  id: string
  /** Minor units. */
  amount: number
  state: 'pending' | 'succeeded' | 'failed'
  /** The id that our request named; null if someone else made it, or an earlier release. */
  refundId: string | null
}

export type RefundStep<Refund extends RecordedRefund = RecordedRefund> =
  /** A refund of ours is at the gateway, in another state than recorded. */
  | { do: 'record'; refund: Refund; found: GatewayRefund }
  /** Someone else made a refund. */
  | { do: 'add'; found: GatewayRefund }
  /** It is not at the gateway yet. */
  | { do: 'request'; refund: Refund; amount: number }
  /** The charge was refunded at the gateway in the meantime, and less than its amount is left. */
  | { do: 'give_up'; refund: Refund; state: 'failed' | 'canceled' }

/**
 * Compares the recorded refunds of a charge of `amount` with those at the gateway, which decide. Pure. No refund is
 * requested that the gateway already has, and never more than is left there.
 */
export function decideRefunds<Refund extends RecordedRefund>(
  amount: number,
  recorded: Refund[],
  atGateway: GatewayRefund[],
): RefundStep<Refund>[] {
  const rowOf = (found: GatewayRefund) => recorded.find((refund) => isSame(refund, found))
  const news = atGateway.flatMap((found): RefundStep<Refund>[] => {
    const refund = rowOf(found)
    if (!refund) return found.state === 'failed' ? [] : [{ do: 'add', found }]
    return isRecorded(refund, found) ? [] : [{ do: 'record', refund, found }]
  })
  let left = amount - sumOf(atGateway.filter(({ state }) => state !== 'failed'))
  const missing = recorded.filter(
    (refund) => refund.state === 'pending' && !atGateway.some((found) => isSame(refund, found)),
  )
  const wishes = missing.flatMap((refund): RefundStep<Refund>[] => {
    // The gateway has it, but does not list it at the moment.
    if (refund.gatewayRefundId !== null) return []
    const wanted = refund.rest ? Math.min(refund.amount, left) : refund.amount
    if (wanted <= 0) return [{ do: 'give_up', refund, state: 'canceled' }]
    if (wanted > left) return [{ do: 'give_up', refund, state: 'failed' }]
    left -= wanted
    return [{ do: 'request', refund, amount: wanted }]
  })
  return [...news, ...wishes]
}

const isSame = (refund: RecordedRefund, found: GatewayRefund) =>
  refund.gatewayRefundId === found.id || (refund.gatewayRefundId === null && refund.id === found.refundId)

const isRecorded = (refund: RecordedRefund, found: GatewayRefund) =>
  refund.gatewayRefundId === found.id && refund.state === found.state && refund.amount === found.amount

const sumOf = (refunds: { amount: number }[]) => refunds.reduce((sum, { amount }) => sum + amount, 0)
