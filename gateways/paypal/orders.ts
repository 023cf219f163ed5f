import {
  CheckoutPaymentIntent,
  PayeePaymentMethodPreference,
  PaymentInitiator,
  StoredPaymentSourceUsageType,
  UsagePattern,
  type Order,
  type OrderRequest,
  type PaymentSource,
} from '@paypal/paypal-server-sdk'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { toGatewayText } from '../../domain/payment/money.ts'
import type { GatewayRefund, OneStepInput, OurMetadata, Reading, RefundInput } from '../gateway.ts'
import type { PayPalClient } from './client.ts'
import { declineOf, toGatewayError, whereMissing } from './errors.ts'
import { captureOf, readOrder, readRefund, refundCustomId } from './readings.ts'

const prefer = 'return=representation'
const longestCustomId = 127

/** Returns `organization_id=…&billing_customer_id=…&environment=…`: it marks orders, captures and events as ours. */
export function customIdOf({ organization_id, billing_customer_id, environment }: OurMetadata): string {
  const named = billing_customer_id ? { billing_customer_id } : {}
  const full = new URLSearchParams({ organization_id, ...named, environment }).toString()
  return full.length <= longestCustomId ? full : new URLSearchParams({ organization_id, environment }).toString()
}

/** Our orders and captures have the result of `customIdOf`; our orders and refunds have the onboarding's id. */
export const isOurs = (...texts: (string | undefined)[]) =>
  texts.some((text) => /organization_id=|^onb_/.test(text ?? ''))

export interface OrderInput {
  amount: number
  currency: string
  metadata: OurMetadata
}

const moneyOf = ({ amount, currency }: { amount: number; currency: string }) => ({
  currencyCode: currency,
  value: toGatewayText(amount, currency, 'paypal'),
})

/** The invoice id is the onboarding's id: PayPal rejects a second payment for it if the account is set to do so. */
function requestOf(input: OrderInput): OrderRequest {
  const { onboarding_id } = input.metadata
  const invoice = onboarding_id ? { invoiceId: onboarding_id } : {}
  return {
    intent: CheckoutPaymentIntent.Capture,
    purchaseUnits: [{ ...invoice, customId: customIdOf(input.metadata), amount: moneyOf(input) }],
  }
}

/** Creates an order without a payment source. It moves no money and allows one capture. */
export async function createOrder({ call }: PayPalClient, input: OrderInput, key: string): Promise<string> {
  const created = call(({ orders }) => orders.createOrder({ paypalRequestId: key, prefer, body: requestOf(input) }))
  // An uncaptured order expires, and a repeat of its request id returns that while PayPal remembers it.
  const { result } = await whereMissing('stored_failure', created)
  return requireId(result.id)
}

/** Returns the id of a response. Throws `unknown` if PayPal sent none. */
export function requireId(id: string | undefined): string {
  if (!id) throw new GatewayError('unknown', 'answer_without_id')
  return id
}

/** Reads an order. Throws GatewayErrors. */
export const getOrder = async ({ call }: PayPalClient, id: string): Promise<Order> =>
  (await call(({ orders }) => orders.getOrder({ id }))).result

/** Reads an order. An order that PayPal no longer has was not captured in time: `dead`. */
export async function readPayment(client: PayPalClient, id: string): Promise<Reading> {
  try {
    return readOrder(await getOrder(client, id))
  } catch (error) {
    if (isGatewayError(error, 'not_found')) return { state: 'dead', trace: '' }
    throw error
  }
}

/** The wallet to charge, and whether its payer has just approved. */
interface Charged {
  vaultId: string
  payerPresent: boolean | null
}

/**
 * "`usage=FIRST` is compatible only with `payment_initiator=CUSTOMER`" (Orders v2, card_stored_credential); the same is
 * sent for wallets. A request of an older release (null) is repeated unchanged, because its request id fixes the body.
 */
function sourceOf({ vaultId, payerPresent }: Charged): PaymentSource {
  const usagePattern = UsagePattern.UnscheduledPostpaid
  const { Customer, Merchant } = PaymentInitiator
  const { First, Subsequent } = StoredPaymentSourceUsageType
  if (payerPresent === null)
    return { paypal: { vaultId, storedCredential: { paymentInitiator: Merchant, usage: First, usagePattern } } }
  return {
    paypal: {
      vaultId,
      storedCredential: payerPresent
        ? { paymentInitiator: Customer, usage: First, usagePattern }
        : { paymentInitiator: Merchant, usage: Subsequent, usagePattern },
      // Otherwise PayPal may take an eCheck, which is pending for days.
      experienceContext: { paymentMethodPreference: PayeePaymentMethodPreference.ImmediatePaymentRequired },
    },
  }
}

/** Captures an order with a payment token. A repeated request id returns the current state, which is valid too. */
export async function captureOrder(client: PayPalClient, id: string, charged: Charged, key: string): Promise<Reading> {
  const body = { paymentSource: sourceOf(charged) }
  const answer = await client
    .raw(({ orders }) => orders.captureOrder({ id, paypalRequestId: key, prefer, body }))
    .then(({ result }) => result, declined)
  if ('state' in answer) return answer
  const reading = readOrder(answer, charged.vaultId)
  if (reading.state === 'untouched') throw new GatewayError('unknown', 'captured_without_capture')
  return reading
}

/** Creates an order and captures it with a payment token in one call. A decline leaves no order. */
export async function payOrder(
  client: PayPalClient,
  { methodId, payerPresent, ...input }: OneStepInput,
  key: string,
): Promise<{ id: string | null; reading: Reading }> {
  const body = { ...requestOf(input), paymentSource: sourceOf({ vaultId: methodId, payerPresent }) }
  const answer = await client
    .raw(({ orders }) => orders.createOrder({ paypalRequestId: key, prefer, body }))
    .then(({ result }) => result, declined)
  if ('state' in answer) return { id: null, reading: answer }
  return { id: requireId(answer.id), reading: readOrder(answer, methodId) }
}

/** Returns the onboarding id of an order; null if the order does not exist or has none. */
export async function onboardingOf(client: PayPalClient, id: string): Promise<string | null> {
  try {
    const invoice = (await getOrder(client, id)).purchaseUnits?.[0]?.invoiceId
    return invoice?.startsWith('onb_') ? invoice : null
  } catch (error) {
    if (isGatewayError(error, 'not_found')) return null
    throw error
  }
}

/** Converts a declined payment to a reading: the order itself does not show the attempt. */
function declined(error: unknown): Reading {
  const decline = declineOf(error)
  if (decline) return { state: 'declined', trace: decline.issue, code: decline.code }
  const known = toGatewayError(error)
  // "Not found" means the order: a missing payment token has an issue of its own.
  throw isGatewayError(known, 'not_found') ? new GatewayError('unexpected_state', known.vendorCode) : known
}

/** Refunds an amount of an order's capture. Throws `unexpected_state` if there is no capture. */
export async function refundOrder(
  client: PayPalClient,
  orderId: string,
  refund: RefundInput,
  key: string,
): Promise<GatewayRefund> {
  const captureId = captureOf(await getOrder(client, orderId))?.id
  if (!captureId) throw new GatewayError('unexpected_state', 'no_capture')
  const { refundId, metadata } = refund
  // Here PayPal allows letters, digits and "-_.,". No invoice id: a second partial refund could not use the same one.
  const named = refundId === null ? {} : { customId: refundCustomId(metadata.onboarding_id ?? '', refundId) }
  const body = { amount: moneyOf(refund), ...named }
  const { result } = await client.call(({ payments }) =>
    payments.refundCapturedPayment({ captureId, paypalRequestId: key, prefer, body }),
  )
  return readRefund({ ...result, id: requireId(result.id) })
}
