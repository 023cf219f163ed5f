import Stripe from 'stripe'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { toGatewayUnits } from '../../domain/payment/money.ts'
import type { ObjectHandle, PaymentGateway, Reading, RefundInput } from '../gateway.ts'
import type { StripeConnection } from './client.ts'
import { confirmOnce, expandMethod } from './confirm.ts'
import { createIntent, params } from './create.ts'
import { declineCode } from './declines.ts'
import { call, needsReading, toGatewayError, wasReplayed } from './errors.ts'
import { readRefusal } from './read-refusal.ts'
import { readPayment, readRefund, readSetup, requireOurs } from './readings.ts'

/** Returns the part of the gateway that creates, confirms, reads and cancels intents. */
export const payments = (connection: StripeConnection, returnUrl: string) =>
  ({
    read: (object) => read(connection, object),
    onboardingOf: (object) => onboardingOf(connection, object),
    createObject: (input, key) =>
      call(async () => connection.ofThisMode(await createIntent(connection.stripe, input, key)).id),
    confirm: (object, payment, key) => confirm(connection, returnUrl, object, payment, key),
    close: (object, key) => close(connection, object, key),
    clientAction: (object) => call(() => readAction(connection, object)),
  }) satisfies Partial<PaymentGateway>

const read = ({ stripe, ofThisMode }: StripeConnection, object: ObjectHandle): Promise<Reading> =>
  call(async () =>
    object.kind === 'payment'
      ? readPayment(ofThisMode(await stripe.paymentIntents.retrieve(object.id, expandMethod)))
      : readSetup(ofThisMode(await stripe.setupIntents.retrieve(object.id, expandMethod)), object.metadata, ''),
  )

/** Returns the onboarding that a PaymentIntent's metadata names; null if it names none, or does not exist. */
async function onboardingOf({ stripe, ofThisMode }: StripeConnection, { id }: ObjectHandle): Promise<string | null> {
  try {
    const { metadata } = await call(async () => ofThisMode(await stripe.paymentIntents.retrieve(id)))
    return metadata.onboarding_id ?? null
  } catch (error) {
    if (isGatewayError(error, 'not_found')) return null
    throw error
  }
}

/** Confirms an intent. An error is a decline only if Stripe says so; on any doubt the intent is read. */
async function confirm(
  connection: StripeConnection,
  returnUrl: string,
  object: ObjectHandle,
  payment: Parameters<PaymentGateway['confirm']>[1],
  key: string,
): Promise<Reading> {
  const { stripe } = connection
  try {
    const answer = await confirmOnce(stripe, returnUrl, object, payment, key)
    // A replayed response shows the state at the time of the first request.
    return wasReplayed(answer.headers) ? await read(connection, object) : answer.reading
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError && !wasReplayed(error.headers)) {
      const intent = error.payment_intent ?? error.setup_intent
      if (intent?.status === 'requires_payment_method')
        return { state: 'declined', trace: error.requestId ?? '', code: declineCode(error) }
      return read(connection, object)
    }
    if (error instanceof Stripe.errors.StripeCardError) return read(connection, object)
    if (needsReading(error)) throw await call(() => readRefusal(stripe, object, payment.reference, error))
    throw toGatewayError(error)
  }
}

async function close(connection: StripeConnection, object: ObjectHandle, key: string): Promise<Reading> {
  const { stripe } = connection
  try {
    await call<unknown>(() =>
      object.kind === 'payment'
        ? stripe.paymentIntents.cancel(object.id, {}, { idempotencyKey: key })
        : stripe.setupIntents.cancel(object.id, {}, { idempotencyKey: key }),
    )
  } catch (error) {
    if (!isGatewayError(error, 'unexpected_state', 'refused')) throw error
    // Already canceled or already paid, regardless of the error: read it.
    const reading = await read(connection, object)
    if (isGatewayError(error, 'refused') && reading.state !== 'dead' && reading.state !== 'paid') throw error
    return reading
  }
  return read(connection, object)
}

async function readAction({ stripe }: StripeConnection, object: ObjectHandle) {
  const intent =
    object.kind === 'payment'
      ? await stripe.paymentIntents.retrieve(object.id)
      : requireOurs(await stripe.setupIntents.retrieve(object.id), object.metadata)
  if (intent.status !== 'requires_action' || !intent.client_secret) return null
  return { type: 'stripe_next_action' as const, client_secret: intent.client_secret }
}

/** Returns the part of the gateway that refunds payments and reads refunds and disputes. */
export const refunds = ({ stripe, ofThisMode }: StripeConnection) =>
  ({
    refund: (object, refund, key) => call(() => createRefund(stripe, object, refund, key)),
    readRefunds: (object) =>
      call(async () => {
        const found: Stripe.Refund[] = []
        for await (const refund of stripe.refunds.list({ payment_intent: object.id, limit: 100 })) found.push(refund)
        return found.map(readRefund)
      }),
    isDisputed: (object) =>
      call(async () => {
        const intent = ofThisMode(await stripe.paymentIntents.retrieve(object.id, { expand: ['latest_charge'] }))
        return typeof intent.latest_charge === 'object' && (intent.latest_charge?.disputed ?? false)
      }),
  }) satisfies Partial<PaymentGateway>

async function createRefund(
  stripe: Stripe,
  object: ObjectHandle,
  { amount, currency, metadata, refundId }: RefundInput,
  key: string,
) {
  const request = {
    payment_intent: object.id,
    amount: toGatewayUnits(amount, currency, 'stripe'),
    metadata: { ...params(metadata), ...(refundId === null ? {} : { refund_id: refundId }) },
  }
  try {
    return readRefund(await stripe.refunds.create(request, { idempotencyKey: key }))
  } catch (error) {
    // "Refund amount is greater than unrefunded amount on charge" has no code, only the parameter.
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'amount')
      throw new GatewayError('unexpected_state', 'refund_amount')
    throw error
  }
}
