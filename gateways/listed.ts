import type { GatewayRefund } from '../domain/payment/decide-refund.ts'

// What the lists of a gateway show, for reconciliation: many payments in one call, with less than a reading has.

/** A gateway has at least `payments`, which may show refunds and disputes, too. */
export type ListName = 'payments' | 'refunds' | 'disputes'

/** Times of creation at the gateway: `from` is included, `to` is not. */
export interface Period {
  from: Date
  to: Date
}

type ListedFact = ListedPayment | ListedRefund | { kind: 'dispute' }

/** A payment, refund or dispute in a list, with the payment object that it belongs to. */
export type Listed = { objectId: string } & ListedFact

/** The same in a list that names the transaction of the payment instead (`PaymentGateway.objectOfTransaction`). */
export type ListedTransaction = { transactionId: string } & ListedFact

export interface ListedPayment {
  kind: 'payment'
  /** Whether it names an onboarding of ours. Accounts can have payments of other programs. */
  ours: boolean
  /** Whether it may still fail. */
  pending: boolean
  /** Minor units. */
  amount: number
  currency: string
  /** What was refunded or is being refunded, in minor units; null if the list does not show it. */
  refunded: number | null
  disputed: boolean
}

export interface ListedRefund extends Pick<GatewayRefund, 'id' | 'amount' | 'state'> {
  kind: 'refund'
}

export interface ListedPage {
  listed: (Listed | ListedTransaction)[]
  /** The `after` of the next page; null on the last one. */
  next: string | null
  /** Until when the list is up to date; absent if the gateway does not say so. */
  refreshedAt?: Date
}

/** What the lists of a gateway can show. */
export interface ListLimits {
  names: readonly ListName[]
  /** Milliseconds after which everything that was created is in the lists. */
  completeAfter: number
  /** The longest period of one search, in milliseconds. */
  longestPeriod: number
}
