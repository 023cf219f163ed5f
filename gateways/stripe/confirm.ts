import type Stripe from 'stripe'
import { toGatewayUnits } from '../../domain/payment/money.ts'
import type { ObjectHandle, PaymentGateway } from '../gateway.ts'
import { readPayment, readSetup } from './readings.ts'

export const expandMethod = { expand: ['payment_method'] }

/** Tells the card networks that a saved method is charged on events, not on a schedule. */
const laterUse = { setup_credential_usage: 'unscheduled' as const }
/** The same for charging a saved card without its customer (docs.stripe.com/payments/cards/save-and-reuse). */
const withoutCustomer = { stored_credential_usage: 'unscheduled' as const }

/**
 * Requests 3-D Secure with a challenge. If the card does not support it, or it cannot start, the payment continues
 * without it (docs.stripe.com/payments/3d-secure/authentication-flow#manual-three-ds).
 */
export const threeDSecure = { request_three_d_secure: 'challenge' as const }

type Confirmation = Parameters<PaymentGateway['confirm']>[1]

/**
 * Sends one confirm. With the customer present, the payment saves the method; a saved method is charged without its
 * customer. If the bank then requires the customer, the payment is confirmed again without `setup_future_usage`, which
 * Stripe does not allow together with `stored_credential_usage`.
 */
export async function confirmOnce(
  stripe: Stripe,
  returnUrl: string,
  object: ObjectHandle,
  { reference, offSession, keep = true, challenge = false, amount, currency }: Confirmation,
  key: string,
) {
  const method = reference.singleUse ? { confirmation_token: reference.id } : { payment_method: reference.id }
  const common = { ...method, return_url: returnUrl, ...expandMethod }
  const options = { idempotencyKey: key }
  // Always sent: the value of an earlier confirm stays on the intent and would fail a payment without the customer.
  const asked = challenge ? threeDSecure : { request_three_d_secure: 'automatic' as const }
  const cardOptions = (card: object) => ({ payment_method_options: { card: { ...card, ...asked } } })
  if (object.kind === 'setup') {
    const intent = await stripe.setupIntents.confirm(
      object.id,
      { ...common, use_stripe_sdk: true, ...cardOptions(laterUse) },
      options,
    )
    return { reading: readSetup(intent, object.metadata, currency), headers: intent.lastResponse.headers }
  }
  const presence = offSession
    ? { off_session: true, ...cardOptions(withoutCustomer) }
    : {
        use_stripe_sdk: true,
        ...(keep ? { setup_future_usage: 'off_session' as const } : {}),
        ...cardOptions(keep ? laterUse : {}),
      }
  const amount_to_confirm = toGatewayUnits(amount, currency, 'stripe')
  const intent = await stripe.paymentIntents.confirm(object.id, { ...common, ...presence, amount_to_confirm }, options)
  return { reading: readPayment(intent), headers: intent.lastResponse.headers }
}
