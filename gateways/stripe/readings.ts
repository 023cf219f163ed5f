import type Stripe from 'stripe'
import { fromGatewayUnits } from '../../domain/money.ts'
import type { Reading, RefundReading } from '../gateway.ts'
import { declineCode } from './declines.ts'

type Expandable = string | { id: string } | null | undefined
export const idOf = (value: Expandable): string => (typeof value === 'string' ? value : (value?.id ?? ''))

/** `Visa •••• 4242`, from a payment method that was expanded. */
export function methodLabel(method: Stripe.PaymentMethod | string | null): string {
  const card = typeof method === 'object' ? method?.card : undefined
  if (!card) return 'Card'
  const brand = card.display_brand ?? card.brand
  return `${brand.charAt(0).toUpperCase()}${brand.slice(1).replaceAll('_', ' ')} •••• ${card.last4}`
}

type LastError = { code?: string | null; decline_code?: string | null; payment_method?: Expandable } | null

const traceOf = (tried: Expandable, error: LastError) =>
  [idOf(tried), idOf(error?.payment_method), error?.code ?? ''].join('|')

/** What a PaymentIntent says. Its status is an open list: what we do not know is read again later. */
export function readPayment(intent: Stripe.PaymentIntent): Reading {
  const trace = traceOf(intent.latest_charge, intent.last_payment_error)
  if (intent.status === 'succeeded') {
    const currency = intent.currency.toUpperCase()
    const amount = fromGatewayUnits(intent.amount_received, currency, 'stripe')
    const method = { id: idOf(intent.payment_method), label: methodLabel(intent.payment_method) }
    return { state: 'paid', trace, amount, currency, method }
  }
  return readUnpaid(intent.status, intent.last_payment_error, trace)
}

/** What a SetupIntent says: `paid` where it saved the method. */
export function readSetup(intent: Stripe.SetupIntent, currency: string): Reading {
  const trace = traceOf(intent.latest_attempt, intent.last_setup_error)
  if (intent.status === 'succeeded') {
    const method = { id: idOf(intent.payment_method), label: methodLabel(intent.payment_method) }
    return { state: 'paid', trace, amount: 0, currency, method }
  }
  return readUnpaid(intent.status, intent.last_setup_error, trace)
}

function readUnpaid(status: string, error: LastError, trace: string): Reading {
  switch (status) {
    case 'requires_payment_method':
      return error ? { state: 'declined', trace, code: declineCode(error) } : { state: 'untouched', trace }
    case 'requires_confirmation':
      return { state: 'untouched', trace }
    case 'requires_action':
      return { state: 'needs_customer', trace }
    case 'canceled':
      return { state: 'dead', trace }
    default:
      return { state: 'processing', trace }
  }
}

export function readRefund(refund: Stripe.Refund): RefundReading {
  const state =
    refund.status === 'succeeded'
      ? 'succeeded'
      : refund.status === 'failed' || refund.status === 'canceled'
        ? 'failed'
        : 'pending'
  return { id: refund.id, state }
}
