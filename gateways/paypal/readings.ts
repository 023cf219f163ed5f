import { CaptureStatus, OrderStatus, RefundStatus, type Order, type OrdersCapture } from '@paypal/paypal-server-sdk'
import type { Refund, Money as PayPalMoney } from '@paypal/paypal-server-sdk'
import type { Refunds } from '../../domain/payment/decide-refund.ts'
import { fromGatewayText } from '../../domain/payment/money.ts'
import type { DescribedMethod } from '../../domain/payment/payment-method.ts'
import type { Reading, RefundReading } from '../gateway.ts'

const moneyMoved: (string | undefined)[] = [
  CaptureStatus.Completed,
  CaptureStatus.PartiallyRefunded,
  CaptureStatus.Refunded,
]

const paymentsOf = (order: Order) => order.purchaseUnits?.[0]?.payments

/** The capture of an order: it has one at most, and should there be more, the one that moved money counts. */
export function captureOf(order: Order): OrdersCapture | undefined {
  const captures = paymentsOf(order)?.captures ?? []
  return captures.find(({ status }) => moneyMoved.includes(status)) ?? captures.at(-1)
}

function minorUnits(money: PayPalMoney | undefined): { amount: number; currency: string } {
  if (!money) return { amount: 0, currency: '' }
  return { amount: fromGatewayText(money.value, money.currencyCode, 'paypal'), currency: money.currencyCode }
}

interface Wallet {
  emailAddress?: string
  payerId?: string
  accountId?: string
}

/** A wallet as people know it: by whose it is. */
export const describeWallet = (id: string, wallet: Wallet | undefined): DescribedMethod => ({
  id,
  label: wallet?.emailAddress || 'PayPal',
  details: { type: 'paypal', payerId: wallet?.payerId ?? wallet?.accountId ?? null },
})

/**
 * What an order says. Its status and its captures' are open lists: what we do not know is read again later. PayPal does not
 * say with which payment token an order was paid, unless it was made by the same order: `usedMethod` is for whoever knows.
 */
export function readOrder(order: Order, usedMethod = ''): Reading {
  const capture = captureOf(order)
  if (!capture) return readUncaptured(order)
  const trace = `${capture.id ?? ''}|${capture.status ?? ''}`
  if (moneyMoved.includes(capture.status)) {
    const wallet = order.paymentSource?.paypal
    const method = describeWallet(wallet?.attributes?.vault?.id ?? usedMethod, wallet)
    return { state: 'paid', trace, ...minorUnits(capture.amount), method }
  }
  if (capture.status === CaptureStatus.Declined || capture.status === CaptureStatus.Failed)
    return { state: 'declined', trace, code: 'paypal_declined', exhausted: true }
  return { state: 'processing', trace }
}

function readUncaptured({ status }: Order): Reading {
  // The payer was asked to come back to PayPal, and never will: they are not led there. No other wallet fits this
  // order.
  if (status === OrderStatus.PayerActionRequired)
    return { state: 'declined', trace: status, code: 'paypal_approval_needed', exhausted: true }
  if (status === OrderStatus.Voided) return { state: 'dead', trace: '' }
  // Completed, but how is not shown: not to be taken for one that can still be captured.
  if (status === OrderStatus.Completed) return { state: 'processing', trace: '' }
  return { state: 'untouched', trace: '' }
}

export function readRefund({ id = '', status }: Refund): RefundReading {
  if (status === RefundStatus.Completed) return { id, state: 'succeeded' }
  return { id, state: status === RefundStatus.Pending ? 'pending' : 'failed' }
}

/** What was taken back without anybody's refund leaves none, only the status of the capture. */
function refundsOf(order: Order): Refund[] {
  const refunds = paymentsOf(order)?.refunds ?? []
  const capture = captureOf(order)
  if (refunds.length > 0 || capture?.status !== CaptureStatus.Refunded) return refunds
  const { id, amount } = capture
  return [{ ...(id ? { id } : {}), ...(amount ? { amount } : {}), status: RefundStatus.Completed }]
}

/** Adds up the refunds of an order. */
export function sumRefunds(order: Order): Refunds {
  const refunds = refundsOf(order)
  const sum = (state: RefundReading['state']) =>
    refunds
      .filter((refund) => readRefund(refund).state === state)
      .reduce((total, refund) => total + minorUnits(refund.amount).amount, 0)
  const newest = newestOf(refunds)
  return {
    returned: sum('succeeded'),
    pending: sum('pending'),
    failed: newest !== undefined && readRefund(newest).state === 'failed',
    id: newest?.id ?? null,
  }
}

/** PayPal names no order in which it lists them. */
const newestOf = (refunds: Refund[]) =>
  refunds.reduce<Refund | undefined>(
    (newest, refund) => (newest && (newest.createTime ?? '') > (refund.createTime ?? '') ? newest : refund),
    undefined,
  )
