import { CaptureStatus, OrderStatus, RefundStatus, type Order, type OrdersCapture } from '@paypal/paypal-server-sdk'
import type { Refund, Money as PayPalMoney } from '@paypal/paypal-server-sdk'
import { fromGatewayText } from '../../domain/payment/money.ts'
import type { DescribedMethod } from '../../domain/payment/payment-method.ts'
import type { GatewayRefund, Reading } from '../gateway.ts'

const moneyMoved: (string | undefined)[] = [
  CaptureStatus.Completed,
  CaptureStatus.PartiallyRefunded,
  CaptureStatus.Refunded,
]

const paymentsOf = (order: Order) => order.purchaseUnits?.[0]?.payments

/** Returns the capture of an order. It should have at most one; otherwise the one that moved money. */
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

/** Returns a wallet for display: its label is the owner's email address. */
export const describeWallet = (id: string, wallet: Wallet | undefined): DescribedMethod => ({
  id,
  label: wallet?.emailAddress || 'PayPal',
  details: { type: 'paypal', payerId: wallet?.payerId ?? wallet?.accountId ?? null },
})

/**
 * Converts an order to a reading. PayPal can add statuses: an unknown one counts as `processing`, so it is read again.
 * PayPal does not return the payment token that paid, unless the order created it: callers that know it pass
 * `usedMethod`.
 */
export function readOrder(order: Order, usedMethod = ''): Reading {
  const capture = captureOf(order)
  if (!capture) return readUncaptured(order)
  const trace = `${capture.id ?? ''}|${capture.status ?? ''}`
  if (moneyMoved.includes(capture.status)) {
    const wallet = order.paymentSource?.paypal
    const method = describeWallet(wallet?.attributes?.vault?.id ?? usedMethod, wallet)
    const ofTransaction = capture.id ? { transactionId: capture.id } : {}
    return { state: 'paid', trace, ...minorUnits(capture.amount), method, ...ofTransaction }
  }
  if (capture.status === CaptureStatus.Declined || capture.status === CaptureStatus.Failed)
    return { state: 'declined', trace, code: 'paypal_declined', exhausted: true }
  return { state: 'processing', trace }
}

function readUncaptured({ status }: Order): Reading {
  // PayPal wants the payer back, but we do not redirect them. The order accepts no other wallet.
  if (status === OrderStatus.PayerActionRequired)
    return { state: 'declined', trace: status, code: 'paypal_approval_needed', exhausted: true }
  if (status === OrderStatus.Voided) return { state: 'dead', trace: '' }
  // Completed without a visible capture: it must not be captured again.
  if (status === OrderStatus.Completed) return { state: 'processing', trace: '' }
  return { state: 'untouched', trace: '' }
}

/** Our requests name the onboarding and the refund: `onb_….rfd_…` (`refundOrder`). */
export const refundCustomId = (onboardingId: string, refundId: string) => `${onboardingId}.${refundId}`
const refundIdIn = (customId: string | undefined) => /^onb_\w+\.(rfd_\w+)$/.exec(customId ?? '')?.[1] ?? null

/** Returns a refund as the port describes it. */
export function readRefund({ id = '', status, amount, customId }: Refund): GatewayRefund {
  const isOpen = status === RefundStatus.Completed ? 'succeeded' : status === RefundStatus.Pending ? 'pending' : null
  return { id, amount: minorUnits(amount).amount, state: isOpen ?? 'failed', refundId: refundIdIn(customId) }
}

/**
 * Returns the refunds of an order. A reversal leaves no refund, only the status of the capture: what is missing counts
 * as one, with the id of the capture.
 */
export function refundsOf(order: Order): GatewayRefund[] {
  const refunds = (paymentsOf(order)?.refunds ?? []).map(readRefund)
  const capture = captureOf(order)
  if (capture?.status !== CaptureStatus.Refunded) return refunds
  const returned = refunds.filter(({ state }) => state !== 'failed').reduce((sum, { amount }) => sum + amount, 0)
  const amount = minorUnits(capture.amount).amount - returned
  return amount > 0 ? [...refunds, { id: capture.id ?? '', amount, state: 'succeeded', refundId: null }] : refunds
}
