import type Stripe from 'stripe'
import { toGatewayUnits } from '../../domain/money.ts'
import type { ObjectHandle, PaymentGateway } from '../gateway.ts'
import { readPayment, readSetup } from './readings.ts'

export const expandMethod = { expand: ['payment_method'] }

/** What is saved will be charged when something happens, not at fixed times: the card networks want to know. */
const laterUse = { payment_method_options: { card: { setup_credential_usage: 'unscheduled' as const } } }

type Confirmation = Parameters<PaymentGateway['confirm']>[1]

/** A customer who is present (a token) saves the method with the payment; a saved method is charged without one. */
export async function confirmOnce(
  stripe: Stripe,
  object: ObjectHandle,
  { reference, offSession, amount, currency }: Confirmation,
  key: string,
) {
  const method = reference.singleUse ? { confirmation_token: reference.id } : { payment_method: reference.id }
  const options = { idempotencyKey: key }
  if (object.kind === 'setup') {
    const intent = await stripe.setupIntents.confirm(
      object.id,
      { ...method, use_stripe_sdk: true, ...laterUse, ...expandMethod },
      options,
    )
    return { reading: readSetup(intent, object.metadata, currency), headers: intent.lastResponse.headers }
  }
  const presence = offSession
    ? { off_session: true }
    : { setup_future_usage: 'off_session' as const, use_stripe_sdk: true, ...laterUse }
  const amount_to_confirm = toGatewayUnits(amount, currency, 'stripe')
  const intent = await stripe.paymentIntents.confirm(
    object.id,
    { ...method, ...presence, amount_to_confirm, ...expandMethod },
    options,
  )
  return { reading: readPayment(intent), headers: intent.lastResponse.headers }
}
