import { z } from 'zod'
import { link, time, type Ask, type Call, type Event } from './call.ts'
import { declined, refused } from '../errors.ts'
import { money as moneyInput, read, text } from '../input.ts'
import { minorUnits, money } from './money.ts'
import {
  leftOf,
  refundedAmount,
  shownStatus,
  type Capture,
  type Dispute,
  type CaptureStatus,
  type PaidOrder,
  type PayPalState,
  type Refund,
  type RefundStatus,
} from './state.ts'

export function newCapture(state: PayPalState, status: CaptureStatus, reason: string): Capture {
  const now = state.now()
  const why = status === 'PENDING' ? { reason } : {}
  return { id: state.newId(), status, ...why, created: now, updated: now, refunds: [] }
}

const hasMovedMoney = ({ status }: Capture) => status === 'COMPLETED'

function viewCapture(state: PayPalState, order: PaidOrder) {
  const { capture, unit, minor } = order
  const currency = unit.amount.currency_code
  const fee = Math.round(minor * 0.0349)
  const self = `${state.url}/v2/payments/captures/${capture.id}`
  return {
    id: capture.id,
    status: shownStatus(order),
    ...(capture.reason ? { status_details: { reason: capture.reason } } : {}),
    amount: unit.amount,
    ...(unit.invoice_id ? { invoice_id: unit.invoice_id } : {}),
    ...(unit.custom_id ? { custom_id: unit.custom_id } : {}),
    final_capture: true,
    seller_protection: { status: 'NOT_ELIGIBLE' },
    ...(hasMovedMoney(capture)
      ? {
          seller_receivable_breakdown: {
            gross_amount: unit.amount,
            paypal_fee: money(fee, currency),
            net_amount: money(minor - fee, currency),
          },
        }
      : {}),
    create_time: time(capture.created),
    update_time: time(capture.updated),
    links: [
      link(self, 'self'),
      link(`${self}/refund`, 'refund', 'POST'),
      link(`${state.url}/v2/checkout/orders/${order.id}`, 'up'),
    ],
  }
}

/** Returns a capture as the payments API does, with its order's id. */
const viewAlone = (state: PayPalState, order: PaidOrder) => ({
  ...viewCapture(state, order),
  supplementary_data: { related_ids: { order_id: order.id } },
})

function viewRefund(state: PayPalState, { unit, capture }: PaidOrder, refund: Refund) {
  const currency = unit.amount.currency_code
  const { id, amount, created, status, ...texts } = refund
  return {
    id,
    status,
    ...(status === 'PENDING' ? { status_details: { reason: 'ECHECK' } } : {}),
    amount: money(amount, currency),
    ...texts,
    seller_payable_breakdown: {
      gross_amount: money(amount, currency),
      net_amount: money(amount, currency),
      total_refunded_amount: money(refundedAmount(capture), currency),
    },
    create_time: time(created),
    update_time: time(created),
    links: [
      link(`${state.url}/v2/payments/refunds/${id}`, 'self'),
      link(`${state.url}/v2/payments/captures/${capture.id}`, 'up'),
    ],
  }
}

export function viewCaptureOf(state: PayPalState, orderId: string) {
  const order = state.order(orderId) as PaidOrder
  return {
    captures: [viewCapture(state, order)],
    refunds: order.capture.refunds.map((refund) => viewRefund(state, order, refund)),
  }
}

export const captureEvent = (state: PayPalState, order: PaidOrder): Event => ({
  type: `PAYMENT.CAPTURE.${order.capture.status === 'FAILED' ? 'DECLINED' : order.capture.status}`,
  resource: viewAlone(state, order),
})

const refundBody = z.looseObject({
  amount: moneyInput.optional(),
  custom_id: text(127).optional(),
  invoice_id: text(127).optional(),
  note_to_payer: text(255).optional(),
})

function refund(state: PayPalState, ask: Ask) {
  const { amount, custom_id, invoice_id, note_to_payer } = read(refundBody, ask.body)
  const order = state.orderOfCapture(ask.id)
  const left = leftOf(order)
  if (order.capture.status === 'PENDING') throw refused('PENDING_CAPTURE')
  if (!hasMovedMoney(order.capture)) throw refused('REFUND_NOT_ALLOWED')
  if (left === 0) throw refused('CAPTURE_FULLY_REFUNDED')
  if (amount && amount.currency_code !== order.unit.amount.currency_code)
    throw refused('REFUND_CAPTURE_CURRENCY_MISMATCH', { field: '/amount/currency_code' })
  const wanted = amount ? minorUnits(amount, '/amount') : left
  if (wanted > left) throw refused('REFUND_AMOUNT_EXCEEDED', { field: '/amount/value' })
  const isDisputed = state.journal.list<Dispute>('disputes', ({ capture }) => capture === order.capture.id).length > 0
  if (isDisputed && wanted < order.minor) throw refused('TRANSACTION_DISPUTED')
  if (ask.forced) throw declined(ask.forced)
  const given = Object.entries({ custom_id, invoice_id, note_to_payer }).filter(([, value]) => value !== undefined)
  const { refund_status: status } = state.settings()
  const made: Refund = { id: state.newId(), amount: wanted, ...Object.fromEntries(given), status, created: state.now() }
  const capture = { ...order.capture, updated: state.now(), refunds: [...order.capture.refunds, made] }
  state.putOrder({ ...order, capture })
  return { id: made.id, events: [{ type: 'PAYMENT.CAPTURE.REFUNDED', resource: viewRefundById(state, made.id) }] }
}

/** Completes or fails a refund, including one that had completed. The vendor sends no event. */
export function endRefund(state: PayPalState, id: string, status: RefundStatus): void {
  const order = state.orderOfRefund(id)
  const refunds = order.capture.refunds.map((each) => (each.id === id ? { ...each, status } : each))
  state.putOrder({ ...order, capture: { ...order.capture, updated: state.now(), refunds } })
}

/** Returns what is left of a capture to its payer, without a refund, as PayPal does itself. Returns the event. */
export function reverse(state: PayPalState, captureId: string): Event {
  const order = state.orderOfCapture(captureId)
  const reversed = { ...order, capture: { ...order.capture, reversed: state.now(), updated: state.now() } }
  state.putOrder(reversed)
  return { type: 'PAYMENT.CAPTURE.REVERSED', resource: viewAlone(state, reversed) }
}

function viewRefundById(state: PayPalState, id: string) {
  const order = state.orderOfRefund(id)
  return viewRefund(
    state,
    order,
    order.capture.refunds.find((refund) => refund.id === id)!,
  )
}

export const paymentCalls: Call[] = [
  {
    method: 'GET',
    path: '/v2/payments/captures/:id',
    api: 'payments',
    read: (state, { id }) => viewAlone(state, state.orderOfCapture(id)),
  },
  {
    method: 'POST',
    path: '/v2/payments/captures/:id/refund',
    api: 'payments',
    operation: 'refund',
    run: refund,
    view: viewRefundById,
    hasMinimal: true,
  },
  {
    method: 'GET',
    path: '/v2/payments/refunds/:id',
    api: 'payments',
    read: (state, { id }) => viewRefundById(state, id),
  },
]
