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
  /** The wallet in the request: usage, description, and whether its payer may have several tokens. */
  wallet: { permit_multiple_payment_tokens?: boolean | undefined }
  /** The brand name, and the URLs to which the payer returns. */
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
  /** Whether it is one at the bank, which takes the money. */
  chargeback?: boolean
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
  /** When PayPal returned what was left, without a refund. */
  reversed?: number
  refunds: Refund[]
}
/** An order with its capture and refunds. One record, so that each movement of money is one write. */
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
  /** The wallet's fields in the request that paid. */
  said?: { stored_credential?: object | undefined; experience_context?: object | undefined }
  /** Whether the payer must return to PayPal before the order can be captured. */
  requiresPayer?: boolean
  created: number
}
export type PaidOrder = Order & { capture: Capture }
export interface Settings {
  unique_invoice_ids: boolean
  capture_status: CaptureStatus
  pending_reason: string
  refund_status: 'COMPLETED' | 'PENDING'
  /**
   * Whether `permit_multiple_payment_tokens` has an effect. If not, the account keeps one payment token per payer,
   * regardless of the request.
   */
  multiple_payment_tokens: boolean
  /** Delay of the account's reports in seconds. */
  reported_after: number
  /** The most transactions that a search may find. */
  largest_result: number
  /** The features for which the app was approved. */
  features: Feature[]
  /** Countries of the account and its payers: ISO 3166-1. */
  country: string
  payer_country: string
  /** Whether payers who agreed to be charged must return to PayPal. */
  payer_action: boolean
  /** Whether creating an order with a saved wallet captures it too. */
  captured_at_create: boolean
}

const hour = 3600
// The lifetimes of setup tokens and uncaptured orders; for the latter see github.com/paypal/Checkout-PHP-SDK/issues/84.
const livesFor = { setup_tokens: 3 * hour, orders: 3 * hour }
const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** What all accounts of the simulator share. */
export interface Shared {
  /** The simulator's base URL, used in links. */
  url: string
  /** The certificates that sign events. */
  certificates?: Certificates
}

/** The data of a merchant's account. */
export class PayPalState extends Account {
  /** The merchant id, which PayPal also calls payer id or account id. */
  readonly id: string
  /** The name of the account: the client id of its first app. */
  readonly name: string
  readonly shared: Shared
  constructor(file: string, { name, shared, clock }: { name: string; shared: Shared; clock?: Account | undefined }) {
    super(file, clock)
    this.id = payerOf(`${name}@merchants.example.com`).payer_id
    this.name = name
    this.shared = shared
  }

  get url(): string {
    return this.shared.url
  }

  newId = (length = 17) => [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('')

  settings = (): Settings => ({
    unique_invoice_ids: false,
    capture_status: 'COMPLETED',
    pending_reason: 'PENDING_REVIEW',
    refund_status: 'COMPLETED',
    reported_after: 0,
    largest_result: 10_000,
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

  /** Returns an order. Throws 404 for one that was not captured in time. */
  order(id: string): Order {
    const order = this.find<Order>('orders', id)
    if (!order.capture && order.created + livesFor.orders <= this.now()) throw missing()
    return order
  }

  orderOfCapture = (id: string) => this.order(this.find<string>('captures', id)) as PaidOrder
  orderOfRefund = (id: string) => this.order(this.find<string>('refunds', id)) as PaidOrder

  putOrder(order: Order): void {
    // The indexes are written first, because a dangling one is harmless.
    if (order.capture) this.journal.put('captures', order.capture.id, order.id)
    for (const { id } of order.capture?.refunds ?? [])
      if (this.journal.get('refunds', id) === undefined) this.journal.put('refunds', id, order.id)
    this.journal.put('orders', order.id, order)
  }
}

/** Returns the payer of an email address, which is always the same. */
export function payerOf(email: string): Payer {
  const bytes = createHash('sha256').update(email).digest().subarray(0, 13)
  return { email_address: email, payer_id: [...bytes].map((byte) => letters[byte % letters.length]).join('') }
}

/** Returns the refunded amount, including pending refunds. */
export const refundedAmount = ({ refunds }: Capture) =>
  refunds.reduce((sum, { amount, status }) => (status === 'FAILED' ? sum : sum + amount), 0)

/** Returns what is left of an order's capture, in minor units. */
export const leftOf = ({ minor, capture }: PaidOrder) => (capture.reversed ? 0 : minor - refundedAmount(capture))

/** Returns whether money has moved or is pending. */
export const hasMoney = (order: Order): order is PaidOrder =>
  order.capture?.status === 'COMPLETED' || order.capture?.status === 'PENDING'

/** Returns the capture's status as the vendor shows it, which includes refunds. */
export function shownStatus(order: PaidOrder): string {
  const left = leftOf(order)
  if (left === order.minor) return order.capture.status
  return left > 0 ? 'PARTIALLY_REFUNDED' : 'REFUNDED'
}
