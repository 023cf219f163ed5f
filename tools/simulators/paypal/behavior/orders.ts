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
import {
  payerAction,
  validateAccount,
  validateStoredCredential,
  walletSource,
  type WalletSource,
} from './wallet-rules.ts'

// Orders v2, `soft_descriptor`: alphanumeric ASCII characters, dashes, asterisks, periods and spaces.
const descriptor = /^[A-Za-z0-9\-*. ]*$/

const unit = z.looseObject({
  reference_id: text(256).optional(),
  amount: moneyInput,
  description: text(127).optional(),
  custom_id: text(127).optional(),
  invoice_id: text(127).optional(),
  soft_descriptor: text(22).regex(descriptor).optional(),
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
  // This simulator supports one purchase unit, captured immediately.
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
  // The order requires its payer, even with another wallet.
  if (order.requiresPayer || state.settings().payer_action)
    throw declined('PAYER_ACTION_REQUIRED', [payerAction(state, order)])
  return { id: order.id, events: pay(state, order, payment_source, ask.forced) }
}

/**
 * An order with a saved wallet is usually captured on creation. It may also require its payer (PAYER_ACTION_REQUIRED),
 * or stay CREATED until it is captured (github.com/woocommerce/woocommerce-paypal-payments/issues/4372).
 */
function payAtCreate(state: PayPalState, order: Order, source: WalletSource, forced: string | undefined): Event[] {
  const { payer_action: requiresPayer, captured_at_create } = state.settings()
  if (!requiresPayer && captured_at_create) return pay(state, order, source, forced)
  requireWallet(state, order, source)
  state.putOrder({ ...order, requiresPayer })
  return []
}

/** Returns the saved wallet. Throws if it cannot pay the order. */
function requireWallet(state: PayPalState, order: Order, source: WalletSource): PaymentToken {
  validateStoredCredential(source)
  validateAccount(state, order.unit)
  const token = state.journal.get<PaymentToken>('payment_tokens', source.paypal.vault_id)
  if (!token) throw refused('TOKEN_ID_NOT_FOUND', { field: '/payment_source/paypal/vault_id' })
  requireUnusedInvoice(state, order)
  return token
}

/** Charges a saved wallet. No other function moves money. */
function pay(state: PayPalState, order: Order, source: WalletSource, forced: string | undefined): Event[] {
  const token = requireWallet(state, order, source)
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

/** Completes or fails a pending capture. Returns the events. */
export function settle(state: PayPalState, captureId: string, status: CaptureStatus): Event[] {
  const order = state.orderOfCapture(captureId)
  const { id, created, refunds } = order.capture
  const settled = { ...order, capture: { id, status, created, updated: state.now(), refunds } }
  state.putOrder(settled)
  return paidEvents(state, settled)
}

/** Rejects a used invoice id if the account requires unique ones. The id of a declined payment may be used again. */
function requireUnusedInvoice(state: PayPalState, { id, unit }: Order): void {
  if (!state.settings().unique_invoice_ids || !unit.invoice_id) return
  const hasUsedIt = (other: Order) => other.id !== id && other.unit.invoice_id === unit.invoice_id && hasMoney(other)
  if (state.journal.list<Order>('orders', hasUsedIt).length > 0) throw refused('DUPLICATE_INVOICE_ID')
}

function viewOrder(state: PayPalState, id: string) {
  const { unit, payer, capture, created, requiresPayer } = state.order(id)
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
    status: capture ? 'COMPLETED' : requiresPayer ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    ...(wallet ? { payment_source: { paypal: wallet }, payer } : {}),
    purchase_units: [{ ...unit, ...(capture ? { payments: viewPayments(state, id) } : {}) }],
    create_time: time(created),
    ...(capture ? { update_time: time(capture.updated) } : {}),
    links: [link(self, 'self'), ...(capture ? [] : requiresPayer ? waiting : open)],
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
