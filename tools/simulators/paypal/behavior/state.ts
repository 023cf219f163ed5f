import { createHash, randomBytes } from 'node:crypto'
import { Account } from '../../account.ts'
import type { Certificates } from '../certificates.ts'
import { missing } from '../errors.ts'
import { features, type Feature } from './features.ts'
import type { Money } from './money.ts'

export interface Customer {
  id: string
  merchant_customer_id?: string
}
export interface Payer {
  email_address: string
  payer_id: string
}
export interface SetupToken {
  id: string
  customer: Customer
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'VAULTED'
  /** What the request said about the wallet: usage, description, whether its payer may have several tokens. */
  wallet: { permit_multiple_payment_tokens?: boolean | undefined }
  /** Who asks, and where the payer goes back to. */
  experience: { return_url?: string; cancel_url?: string; brand_name?: string }
  payer?: Payer
  created: number
}
export interface PaymentToken {
  id: string
  customer: Customer
  wallet: object
  payer: Payer
  created: number
}
export interface Refund {
  id: string
  amount: number
  invoice_id?: string
  custom_id?: string
  note_to_payer?: string
  status: RefundStatus
  created: number
}
export interface Dispute {
  dispute_id: string
  capture: string
  created: number
}
export type RefundStatus = 'COMPLETED' | 'PENDING' | 'FAILED'
export type CaptureStatus = 'COMPLETED' | 'PENDING' | 'DECLINED' | 'FAILED'
export interface Capture {
  id: string
  status: CaptureStatus
  reason?: string
  created: number
  updated: number
  refunds: Refund[]
}
/** An order with its one capture and that one's refunds: one record, so that money moves in one write. */
export interface Order {
  id: string
  unit: {
    reference_id?: string
    amount: Money
    description?: string
    invoice_id?: string
    custom_id?: string
    soft_descriptor?: string
  }
  minor: number
  customer?: string
  payer?: Payer
  capture?: Capture
  /** What was said of the wallet that paid. */
  said?: { stored_credential?: object | undefined; experience_context?: object | undefined }
  /** Whether PayPal wants its payer to come back before it can be captured. */
  wantsPayer?: boolean
  created: number
}
export type PaidOrder = Order & { capture: Capture }
export interface Settings {
  unique_invoice_ids: boolean
  capture_status: CaptureStatus
  pending_reason: string
  refund_status: 'COMPLETED' | 'PENDING'
  /**
   * Whether `permit_multiple_payment_tokens` has an effect. Without it the account keeps one payment token for each
   * payer, whatever the request says.
   */
  multiple_payment_tokens: boolean
  /** How many seconds after it a transaction is in the account's reports. */
  reported_after: number
  /** What the app was approved for. */
  features: Feature[]
  /** Where the account and its payers are: ISO 3166-1. */
  country: string
  payer_country: string
  /** Whether PayPal asks payers to come back who had agreed to be charged. */
  payer_action: boolean
  /** Whether an order that is created with a saved wallet is captured with the same call. */
  captured_at_create: boolean
}

const hour = 3600
// The setup token's and the uncaptured order's lives; github.com/paypal/Checkout-PHP-SDK/issues/84 for the latter.
const livesFor = { setup_tokens: 3 * hour, orders: 3 * hour }
const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** What the account holds. */
export class PayPalState extends Account {
  /** Where the simulator is reached: links begin with it. */
  url = ''

  newId = (length = 17) => [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('')

  settings = (): Settings => ({
    unique_invoice_ids: false,
    capture_status: 'COMPLETED',
    pending_reason: 'PENDING_REVIEW',
    refund_status: 'COMPLETED',
    reported_after: 0,
    features: [...features],
    multiple_payment_tokens: true,
    country: 'US',
    payer_country: 'US',
    payer_action: false,
    captured_at_create: true,
    ...this.journal.get<Partial<Settings>>('settings', 'account'),
  })

  find<T>(collection: string, id: string): T {
    const found = this.journal.get<T>(collection, id)
    if (found === undefined) throw missing()
    return found
  }

  setupToken(id: string): SetupToken {
    const token = this.find<SetupToken>('setup_tokens', id)
    if (token.created + livesFor.setup_tokens <= this.now()) throw missing()
    return token
  }

  paymentToken = (id: string) => this.find<PaymentToken>('payment_tokens', id)

  /** An order that was not captured in time is as if it had never been. */
  order(id: string): Order {
    const order = this.find<Order>('orders', id)
    if (!order.capture && order.created + livesFor.orders <= this.now()) throw missing()
    return order
  }

  orderOfCapture = (id: string) => this.order(this.find<string>('captures', id)) as PaidOrder
  orderOfRefund = (id: string) => this.order(this.find<string>('refunds', id)) as PaidOrder

  putOrder(order: Order): void {
    // The ways to it first: one that leads nowhere harms nobody.
    if (order.capture) this.journal.put('captures', order.capture.id, order.id)
    for (const { id } of order.capture?.refunds ?? [])
      if (this.journal.get('refunds', id) === undefined) this.journal.put('refunds', id, order.id)
    this.journal.put('orders', order.id, order)
  }

  certificates = () => this.journal.get<Certificates>('certificates', 'own')
}

/** The payer who owns an e-mail address is the same one each time. */
export function payerOf(email: string): Payer {
  const bytes = createHash('sha256').update(email).digest().subarray(0, 13)
  return { email_address: email, payer_id: [...bytes].map((byte) => letters[byte % letters.length]).join('') }
}

/** Returned, or on its way. */
export const refundedAmount = ({ refunds }: Capture) =>
  refunds.reduce((sum, { amount, status }) => (status === 'FAILED' ? sum : sum + amount), 0)

/** Whether money moved or is about to. */
export const hasMoney = (order: Order): order is PaidOrder =>
  order.capture?.status === 'COMPLETED' || order.capture?.status === 'PENDING'

/** The status that the vendor shows: what was refunded is a status of the capture. */
export function shownStatus({ minor, capture }: PaidOrder): string {
  const refunded = refundedAmount(capture)
  if (refunded === 0) return capture.status
  return refunded < minor ? 'PARTIALLY_REFUNDED' : 'REFUNDED'
}
