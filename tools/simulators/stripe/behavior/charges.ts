import type Stripe from 'stripe'

/** A charge as the ledger shows it: only money that moved. */
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

/** A try that a bank, or Radar before it, refused: no money moved. */
export interface FailedCharge extends Omit<LedgerCharge, 'status' | 'refunded_amount'> {
  status: 'failed'
  failure_code: string
  failure_message: string
  decline_code: string | null
  /** Whether Radar stopped it before it was sent to the bank. */
  blocked: boolean
}
