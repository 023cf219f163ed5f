import type Stripe from 'stripe'
import { GatewayError, setupDiffers } from '../../domain/payment/gateway-errors.ts'
import { fromGatewayUnits } from '../../domain/payment/money.ts'
import type { DescribedMethod } from '../../domain/payment/payment-method.ts'
import type { GatewayRefund, OurMetadata, Reading } from '../gateway.ts'
import { declineCode } from './declines.ts'

type Expandable = string | { id: string } | null | undefined
/** Returns the id of an expandable field; an empty text if it is null. */
export const idOf = (value: Expandable): string => (typeof value === 'string' ? value : (value?.id ?? ''))

/** Returns a label such as `Visa •••• 4242` for an expanded payment method. */
export function methodLabel(method: Stripe.PaymentMethod | string | null): string {
  const card = typeof method === 'object' ? method?.card : undefined
  if (!card) return 'Card'
  // What Link pays with other than a card has the fixed digits 0000.
  if (card.brand === 'link') return 'Link'
  const brand = card.display_brand ?? card.brand
  return `${brand.charAt(0).toUpperCase()}${brand.slice(1).replaceAll('_', ' ')} •••• ${card.last4}`
}

/** Returns the payment method for display. */
export function describeMethod(method: Stripe.PaymentMethod | string | null): DescribedMethod {
  const card = typeof method === 'object' ? method?.card : undefined
  const described = { id: idOf(method), label: methodLabel(method) }
  if (!card) return described
  const { brand, last4, exp_month: expMonth, exp_year: expYear } = card
  return { ...described, details: { type: 'card', brand, last4, expMonth, expYear } }
}

type LastError = {
  code?: string | null
  decline_code?: string | null
  advice_code?: string | null
  payment_method?: Expandable
} | null

/** Returns an empty text if nothing was tried, as for a new object. */
const traceOf = (tried: Expandable, error: LastError) =>
  tried || error ? [idOf(tried), idOf(error?.payment_method), error?.code ?? ''].join('|') : ''

/** Converts a PaymentIntent to a reading. An unknown status counts as `processing`, so it is read again later. */
export function readPayment(intent: Stripe.PaymentIntent): Reading {
  const trace = traceOf(intent.latest_charge, intent.last_payment_error)
  if (intent.status === 'succeeded') {
    const currency = intent.currency.toUpperCase()
    const amount = fromGatewayUnits(intent.amount_received, currency, 'stripe')
    const method = describeMethod(intent.payment_method)
    return { state: 'paid', trace, amount, currency, method, customerId: idOf(intent.customer) }
  }
  return readUnpaid(intent.status, intent.last_payment_error, trace)
}

/** Throws if a SetupIntent does not have the metadata with which we created it. */
export function requireOurs(intent: Stripe.SetupIntent, ours: OurMetadata): Stripe.SetupIntent {
  const isOurs = Object.entries(ours).every(([name, value]) => intent.metadata?.[name] === value)
  if (!isOurs) throw new GatewayError('refused', setupDiffers)
  return intent
}

/**
 * Converts a SetupIntent to a reading: `paid` if it saved the method. A canceled one saves nothing, whoever owns it.
 */
export function readSetup(intent: Stripe.SetupIntent, ours: OurMetadata, currency: string): Reading {
  const trace = traceOf(intent.latest_attempt, intent.last_setup_error)
  if (intent.status !== 'canceled') requireOurs(intent, ours)
  if (intent.status === 'succeeded') {
    if (intent.usage !== 'off_session') throw new GatewayError('refused', setupDiffers)
    // A wallet such as Link cannot be charged here, and this setup can no longer save a card.
    const type = typeof intent.payment_method === 'object' ? intent.payment_method?.type : 'card'
    if (type !== 'card') return { state: 'dead', trace }
    const method = describeMethod(intent.payment_method)
    return { state: 'paid', trace, amount: 0, currency, method, customerId: idOf(intent.customer) }
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
    // Someone set the intent to manual capture, which we never do: the money waits for that person.
    case 'requires_capture':
      throw new GatewayError('refused', 'requires_capture')
    default:
      return { state: 'processing', trace }
  }
}

/** Returns a refund as the port describes it. `refundId` is the id in the metadata of our request. */
export function readRefund({ id, amount, currency, status, metadata }: Stripe.Refund): GatewayRefund {
  const failed = status === 'failed' || status === 'canceled'
  return {
    id,
    amount: fromGatewayUnits(amount, currency.toUpperCase(), 'stripe'),
    state: status === 'succeeded' ? status : failed ? 'failed' : 'pending',
    refundId: metadata?.['refund_id'] ?? null,
  }
}
