import { z } from 'zod'
import { link, time, type Ask, type Call, type Event } from './call.ts'
import { captureEvent, newCapture, viewCaptureOf } from './captures.ts'
import { declined, PayPalAnswer, refused } from '../errors.ts'
import { money as moneyInput, read, text } from '../input.ts'
import { minorUnits } from './money.ts'
import {
  hasMoney,
  type CaptureStatus,
  type Order,
  type PaidOrder,
  type PaymentToken,
  type PayPalState,
} from './state.ts'
import { payerAction, refuseAccount, refuseWrongWords, walletSource, type WalletSource } from './wallet-rules.ts'

const unit = z.looseObject({
  reference_id: text(256).optional(),
  amount: moneyInput,
  description: text(127).optional(),
  custom_id: text(127).optional(),
  invoice_id: text(127).optional(),
  soft_descriptor: text(22).optional(),
})
const orderBody = z.looseObject({
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  purchase_units: z.array(unit).min(1).max(10),
  payment_source: walletSource,
})
const captureBody = z.looseObject({ payment_source: walletSource })
const captureStatuses: string[] = ['COMPLETED', 'PENDING', 'DECLINED', 'FAILED'] satisfies CaptureStatus[]

function createOrder(state: PayPalState, ask: Ask) {
  const { intent, purchase_units, payment_source } = read(orderBody, ask.body)
  if (payment_source && !ask.key) throw new PayPalAnswer(400, [{ issue: 'PAYPAL_REQUEST_ID_REQUIRED' }])
  // One purchase unit, captured at once, is what this simulator knows.
  if (intent === 'AUTHORIZE') throw new PayPalAnswer(400, [{ field: '/intent', issue: 'NOT_SUPPORTED' }])
  if (purchase_units.length > 1) throw new PayPalAnswer(400, [{ field: '/purchase_units', issue: 'NOT_SUPPORTED' }])
  const { reference_id, amount, description, custom_id, invoice_id, soft_descriptor } = purchase_units[0]!
  const order: Order = {
    id: state.newId(),
    unit: withoutUndefined({
      reference_id: reference_id ?? 'default',
      amount,
      description,
      custom_id,
      invoice_id,
      soft_descriptor,
    }),
    minor: minorUnits(amount, '/purchase_units/@reference_id==default/amount'),
    created: state.now(),
  }
  if (payment_source) return { id: order.id, events: payAtCreate(state, order, payment_source, ask.forced) }
  if (ask.forced) throw declined(ask.forced)
  state.putOrder(order)
  return { id: order.id, events: [] }
}

function captureOrder(state: PayPalState, ask: Ask) {
  const { payment_source } = read(captureBody, ask.body)
  const order = state.order(ask.id)
  if (order.capture) throw refused('ORDER_ALREADY_CAPTURED')
  if (!payment_source) throw refused('ORDER_NOT_APPROVED')
  // Another wallet does not help: this order waits for its payer.
  if (order.wantsPayer || state.settings().payer_action)
    throw declined('PAYER_ACTION_REQUIRED', [payerAction(state, order)])
  return { id: order.id, events: pay(state, order, payment_source, ask.forced) }
}

/**
 * With a saved wallet an order is created and captured at once, as a rule: it may also wait for its payer (status
 * PAYER_ACTION_REQUIRED), or be CREATED only and is to be captured
 * (github.com/woocommerce/woocommerce-paypal-payments/issues/4372).
 */
function payAtCreate(state: PayPalState, order: Order, source: WalletSource, forced: string | undefined): Event[] {
  const { payer_action: wantsPayer, captured_at_create } = state.settings()
  if (!wantsPayer && captured_at_create) return pay(state, order, source, forced)
  refuseSource(state, order, source)
  state.putOrder({ ...order, wantsPayer })
  return []
}

/** The wallet, or why it pays nothing. */
function refuseSource(state: PayPalState, order: Order, source: WalletSource): PaymentToken {
  refuseWrongWords(source)
  refuseAccount(state, order.unit)
  const token = state.journal.get<PaymentToken>('payment_tokens', source.paypal.vault_id)
  if (!token) throw refused('TOKEN_ID_NOT_FOUND', { field: '/payment_source/paypal/vault_id' })
  refuseUsedInvoice(state, order)
  return token
}

/** The one place where money moves. */
function pay(state: PayPalState, order: Order, source: WalletSource, forced: string | undefined): Event[] {
  const token = refuseSource(state, order, source)
  if (forced && !captureStatuses.includes(forced))
    throw declined(forced, forced === 'PAYER_ACTION_REQUIRED' ? [payerAction(state, order)] : [])
  const { capture_status, pending_reason } = state.settings()
  const capture = newCapture(state, (forced ?? capture_status) as CaptureStatus, pending_reason)
  const { stored_credential, experience_context } = source.paypal
  const paid = {
    ...order,
    customer: token.customer.id,
    payer: token.payer,
    capture,
    said: { stored_credential, experience_context },
  }
  state.putOrder(paid)
  return paidEvents(state, paid)
}

function paidEvents(state: PayPalState, order: PaidOrder): Event[] {
  const completed = { type: 'CHECKOUT.ORDER.COMPLETED', resource: viewOrder(state, order.id) }
  return [captureEvent(state, order), ...(order.capture.status === 'COMPLETED' ? [completed] : [])]
}

/** A pending capture comes to its end. */
export function settle(state: PayPalState, captureId: string, status: CaptureStatus): Event[] {
  const order = state.orderOfCapture(captureId)
  const { id, created, refunds } = order.capture
  const settled = { ...order, capture: { id, status, created, updated: state.now(), refunds } }
  state.putOrder(settled)
  return paidEvents(state, settled)
}

/** Only where the account asks for it; an invoice whose money was refused may be tried again. */
function refuseUsedInvoice(state: PayPalState, { id, unit }: Order): void {
  if (!state.settings().unique_invoice_ids || !unit.invoice_id) return
  const hasUsedIt = (other: Order) => other.id !== id && other.unit.invoice_id === unit.invoice_id && hasMoney(other)
  if (state.journal.list<Order>('orders', hasUsedIt).length > 0) throw refused('DUPLICATE_INVOICE_ID')
}

function viewOrder(state: PayPalState, id: string) {
  const { unit, payer, capture, created, wantsPayer } = state.order(id)
  const self = `${state.url}/v2/checkout/orders/${id}`
  const waiting = [link(self, 'update', 'PATCH'), payerAction(state, { id })]
  const open = [
    link(`${state.url}/checkoutnow?token=${id}`, 'approve'),
    link(self, 'update', 'PATCH'),
    link(`${self}/capture`, 'capture', 'POST'),
  ]
  const wallet = payer && { email_address: payer.email_address, account_id: payer.payer_id, account_status: 'VERIFIED' }
  return {
    id,
    intent: 'CAPTURE',
    status: capture ? 'COMPLETED' : wantsPayer ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    ...(wallet ? { payment_source: { paypal: wallet }, payer } : {}),
    purchase_units: [{ ...unit, ...(capture ? { payments: viewPayments(state, id) } : {}) }],
    create_time: time(created),
    ...(capture ? { update_time: time(capture.updated) } : {}),
    links: [link(self, 'self'), ...(capture ? [] : wantsPayer ? waiting : open)],
  }
}

function viewPayments(state: PayPalState, id: string) {
  const { captures, refunds } = viewCaptureOf(state, id)
  return { captures, ...(refunds.length > 0 ? { refunds } : {}) }
}

function withoutUndefined<T extends object>(object: T) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Order['unit']
}

export const orderCalls: Call[] = [
  {
    method: 'POST',
    path: '/v2/checkout/orders',
    api: 'orders',
    operation: 'create',
    run: createOrder,
    view: viewOrder,
    hasMinimal: true,
  },
  { method: 'GET', path: '/v2/checkout/orders/:id', api: 'orders', read: (state, { id }) => viewOrder(state, id) },
  {
    method: 'POST',
    path: '/v2/checkout/orders/:id/capture',
    api: 'orders',
    operation: 'capture',
    run: captureOrder,
    view: viewOrder,
    hasMinimal: true,
  },
]
