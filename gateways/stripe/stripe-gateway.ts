import Stripe from 'stripe'
import { GatewayError, isGatewayError } from '../../domain/gateway-errors.ts'
import { toGatewayUnits } from '../../domain/money.ts'
import type { ObjectHandle, OurMetadata, PaymentGateway, Reading, SavedMethod } from '../gateway.ts'
import { declineCode } from './declines.ts'
import { toGatewayError, wasReplayed } from './errors.ts'
import { verifyStripeEvent } from './events.ts'
import { idOf, readPayment, readRefund, readSetup } from './readings.ts'

export interface StripeOptions {
  secretKey: string
  webhookSecrets: string[]
  /** Where Stripe is; its own address unless set. */
  apiUrl?: string | undefined
  /** Milliseconds for one call. */
  timeout: number
}

const apiVersion = '2026-10-28.endive'
const expandMethod = { expand: ['payment_method'] }
// One line per call is enough: Temporal does the retrying, and the object is the guard.
const params = (metadata: OurMetadata): Record<string, string> => ({ ...metadata }) as Record<string, string>

function openClient({ secretKey, apiUrl, timeout }: StripeOptions): Stripe {
  const url = apiUrl ? new URL(apiUrl) : undefined
  const protocol = url?.protocol === 'http:' ? 'http' : 'https'
  return new Stripe(secretKey, {
    apiVersion,
    maxNetworkRetries: 0,
    timeout,
    telemetry: false,
    ...(url ? { host: url.hostname, port: url.port || (protocol === 'https' ? '443' : '80'), protocol } : {}),
  })
}

/** Speaks Stripe: one PaymentIntent (or SetupIntent) is created without moving money, confirmed, and read on any doubt. */
export function stripeGateway(options: StripeOptions): PaymentGateway {
  const stripe = openClient(options)
  const livemode = options.secretKey.includes('_live_')
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw toGatewayError(error)
    }
  }
  const rightMode = <T extends { livemode: boolean }>(object: T): T => {
    if (object.livemode !== livemode) throw new GatewayError('refused', 'other_mode')
    return object
  }
  const read = (object: ObjectHandle): Promise<Reading> =>
    call(async () =>
      object.kind === 'payment'
        ? readPayment(rightMode(await stripe.paymentIntents.retrieve(object.id, expandMethod)))
        : readSetup(rightMode(await stripe.setupIntents.retrieve(object.id, expandMethod)), ''),
    )

  return {
    name: 'stripe',
    read,

    createCustomer: (metadata, key) =>
      call(
        async () =>
          rightMode(await stripe.customers.create({ metadata: params(metadata) }, { idempotencyKey: key })).id,
      ),

    createObject: ({ kind, customerId, amount, currency, metadata }, key) =>
      call(async () => {
        const common = {
          customer: customerId,
          allowed_payment_method_types: ['card' as const],
          metadata: params(metadata),
        }
        const created =
          kind === 'payment'
            ? await stripe.paymentIntents.create(
                { ...common, amount: toGatewayUnits(amount, currency, 'stripe'), currency: currency.toLowerCase() },
                { idempotencyKey: key },
              )
            : await stripe.setupIntents.create({ ...common, usage: 'off_session' }, { idempotencyKey: key })
        return rightMode(created).id
      }),

    confirm: async (object, payment, key) => {
      try {
        const answer = await confirmOnce(stripe, object, payment, key)
        // A replayed answer says what was, not what is.
        return wasReplayed(answer.headers) ? await read(object) : answer.reading
      } catch (error) {
        if (error instanceof Stripe.errors.StripeCardError && !wasReplayed(error.headers)) {
          const intent = error.payment_intent ?? error.setup_intent
          if (intent?.status === 'requires_payment_method')
            return { state: 'declined', trace: error.requestId ?? '', code: declineCode(error) }
          return read(object)
        }
        if (error instanceof Stripe.errors.StripeCardError) return read(object)
        throw toGatewayError(error)
      }
    },

    readToken: (token) =>
      call(async () => {
        const found = rightMode(await stripe.confirmationTokens.retrieve(token))
        const expired = found.expires_at !== null && found.expires_at * 1000 <= Date.now()
        return { usedBy: found.payment_intent ?? found.setup_intent, expired }
      }),

    readMethod: (methodId) =>
      call(async () => {
        const method = rightMode(await stripe.paymentMethods.retrieve(methodId, { expand: ['customer'] }))
        return {
          id: method.id,
          customer: typeof method.customer === 'object' && method.customer ? ownerOf(method.customer) : null,
        }
      }),

    readCustomer: (customerId) =>
      call(async () => {
        const customer = await stripe.customers.retrieve(customerId)
        if (customer.deleted) throw new GatewayError('not_found', 'customer_deleted')
        return ownerOf(rightMode(customer))
      }),

    close: async (object, key) => {
      try {
        await call<unknown>(() =>
          object.kind === 'payment'
            ? stripe.paymentIntents.cancel(object.id, {}, { idempotencyKey: key })
            : stripe.setupIntents.cancel(object.id, {}, { idempotencyKey: key }),
        )
      } catch (error) {
        // Already canceled or already paid: the reading tells.
        if (!isGatewayError(error, 'unexpected_state')) throw error
      }
      return read(object)
    },

    refund: (object, { amount, currency, metadata }, key) =>
      call(async () =>
        readRefund(
          await stripe.refunds.create(
            {
              payment_intent: object.id,
              amount: toGatewayUnits(amount, currency, 'stripe'),
              metadata: params(metadata),
            },
            { idempotencyKey: key },
          ),
        ),
      ),

    findRefund: (object) =>
      call(async () => {
        const { data } = await stripe.refunds.list({ payment_intent: object.id, limit: 10 })
        const newest = data.find((refund) => refund.status !== 'failed' && refund.status !== 'canceled') ?? data[0]
        return newest && readRefund(newest)
      }),

    detachMethod: async (methodId, key) => {
      try {
        await call(() => stripe.paymentMethods.detach(methodId, {}, { idempotencyKey: key }))
      } catch (error) {
        if (!isGatewayError(error, 'unexpected_state', 'not_found', 'method_unusable')) throw error
      }
    },

    clientAction: (object) =>
      call(async () => {
        const intent =
          object.kind === 'payment'
            ? await stripe.paymentIntents.retrieve(object.id)
            : await stripe.setupIntents.retrieve(object.id)
        if (intent.status !== 'requires_action' || !intent.client_secret) return null
        return { type: 'stripe_next_action', client_secret: intent.client_secret }
      }),

    verifyEvent: (rawBody, headers) =>
      verifyStripeEvent(rawBody, headers.get('stripe-signature') ?? '', options.webhookSecrets, livemode),
  }
}

function ownerOf(customer: Stripe.Customer | Stripe.DeletedCustomer): NonNullable<SavedMethod['customer']> {
  const metadata = customer.deleted ? {} : customer.metadata
  return {
    id: idOf(customer),
    organizationId: metadata.organization_id ?? null,
    environment: metadata.environment ?? null,
  }
}

type Confirmation = Parameters<PaymentGateway['confirm']>[1]

/** A customer who is present (a token) saves the method with the payment; a saved method is charged without one. */
async function confirmOnce(
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
      { ...method, use_stripe_sdk: true, ...expandMethod },
      options,
    )
    return { reading: readSetup(intent, currency), headers: intent.lastResponse.headers }
  }
  const presence = offSession
    ? { off_session: true }
    : { setup_future_usage: 'off_session' as const, use_stripe_sdk: true }
  const amount_to_confirm = toGatewayUnits(amount, currency, 'stripe')
  const intent = await stripe.paymentIntents.confirm(
    object.id,
    { ...method, ...presence, amount_to_confirm, ...expandMethod },
    options,
  )
  return { reading: readPayment(intent), headers: intent.lastResponse.headers }
}
