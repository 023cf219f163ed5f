import type Stripe from 'stripe'

/** A charge in the ledger. Only successful charges are listed. */
export interface LedgerCharge {
  id: string
  payment_intent: string
  customer: string | null
  amount: number
  currency: string
  status: 'succeeded'
  refunded_amount: number
  disputed?: boolean
  metadata: Stripe.Metadata
  created: number
}

/** A charge that the bank declined or Radar blocked. No money moved. */
export interface FailedCharge extends Omit<LedgerCharge, 'status' | 'refunded_amount'> {
  status: 'failed'
  failure_code: string
  failure_message: string
  decline_code: string | null
  /** Whether Radar blocked the charge before it reached the bank. */
  blocked: boolean
}
