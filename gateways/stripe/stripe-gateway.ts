import Stripe from 'stripe'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { toGatewayUnits } from '../../domain/payment/money.ts'
import type { ObjectHandle, OurMetadata, PaymentGateway, Reading, SavedMethod } from '../gateway.ts'
import { openClient, type StripeOptions } from './client.ts'
import { confirmOnce, expandMethod } from './confirm.ts'
import { createCustomer, createIntent } from './create.ts'
import { declineCode } from './declines.ts'
import { needsReading, toGatewayError, wasReplayed } from './errors.ts'
import { verifyStripeEvent } from './events.ts'
import { findMethod, readRefusal } from './read-refusal.ts'
import { describeMethod, idOf, readPayment, readRefund, readSetup, requireOurs, sumRefunds } from './readings.ts'
import { listFailedCharges } from './failed-charges.ts'
import { listSetupTries } from './setup-tries.ts'
import { stripeTestHelpers } from './test-helpers.ts'

const params = (metadata: OurMetadata): Record<string, string> => ({ ...metadata }) as Record<string, string>

/** The Stripe gateway: an intent is created without moving money, confirmed, and read on any doubt. */
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
        : readSetup(rightMode(await stripe.setupIntents.retrieve(object.id, expandMethod)), object.metadata, ''),
    )

  return {
    name: 'stripe',
    offSessionPreventsSaving: true,
    read,

    createCustomer: (metadata, key, details = {}) =>
      call(async () => rightMode(await createCustomer(stripe, metadata, key, details)).id),

    createObject: (input, key) => call(async () => rightMode(await createIntent(stripe, input, key)).id),

    confirm: async (object, payment, key) => {
      try {
        const answer = await confirmOnce(stripe, options.returnUrl, object, payment, key)
        // A replayed response shows the state at the time of the first request.
        return wasReplayed(answer.headers) ? await read(object) : answer.reading
      } catch (error) {
        if (error instanceof Stripe.errors.StripeCardError && !wasReplayed(error.headers)) {
          const intent = error.payment_intent ?? error.setup_intent
          if (intent?.status === 'requires_payment_method')
            return { state: 'declined', trace: error.requestId ?? '', code: declineCode(error) }
          return read(object)
        }
        if (error instanceof Stripe.errors.StripeCardError) return read(object)
        if (needsReading(error)) throw await call(() => readRefusal(stripe, object, payment.reference, error))
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
        const customer = typeof method.customer === 'object' && method.customer ? ownerOf(method.customer) : null
        return { ...describeMethod(method), attached: customer !== null, customer }
      }),

    readCustomer: (customerId) =>
      call(async () => {
        // Caller input: anything but an id could change the path.
        if (!/^cus_\w{1,250}$/.test(customerId)) throw new GatewayError('not_found', 'no_id')
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
        if (!isGatewayError(error, 'unexpected_state', 'refused')) throw error
        // Already canceled or already paid, whatever the error says: read it.
        const reading = await read(object)
        if (isGatewayError(error, 'refused') && reading.state !== 'dead' && reading.state !== 'paid') throw error
        return reading
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

    isDisputed: (object) =>
      call(async () => {
        const intent = rightMode(await stripe.paymentIntents.retrieve(object.id, { expand: ['latest_charge'] }))
        return typeof intent.latest_charge === 'object' && (intent.latest_charge?.disputed ?? false)
      }),

    readRefunds: (object) =>
      call(async () => {
        const { data } = await stripe.refunds.list({ payment_intent: object.id, limit: 100 })
        return sumRefunds(data)
      }),

    listPaid: (since) =>
      call(async () => {
        const created = { gte: Math.floor(since.getTime() / 1000) }
        const intents = stripe.paymentIntents.list({ created, limit: 100 })
        const ids: string[] = []
        for await (const { id, status, metadata } of intents)
          if (status === 'succeeded' && metadata.onboarding_id) ids.push(id)
        return ids
      }),

    detachMethod: async (methodId, key) => {
      try {
        await call(() => stripe.paymentMethods.detach(methodId, {}, { idempotencyKey: key }))
      } catch (error) {
        if (isGatewayError(error, 'unknown', 'not_now')) throw error
        // Stripe returns no code for a method that is not attached, so read the method.
        const method = await call(() => findMethod(stripe, methodId))
        if (method?.customer) throw error
      }
    },

    clientAction: (object) =>
      call(async () => {
        const intent =
          object.kind === 'payment'
            ? await stripe.paymentIntents.retrieve(object.id)
            : requireOurs(await stripe.setupIntents.retrieve(object.id), object.metadata)
        if (intent.status !== 'requires_action' || !intent.client_secret) return null
        return { type: 'stripe_next_action', client_secret: intent.client_secret }
      }),

    formSecret: ({ id, metadata }) =>
      call(async () => {
        const intent = requireOurs(rightMode(await stripe.setupIntents.retrieve(id)), metadata)
        const over = intent.status === 'succeeded' || intent.status === 'canceled'
        return over ? null : intent.client_secret
      }),

    formTries: ({ id }) => call(() => listSetupTries(stripe, id)),

    failedTries: ({ kind, id }) =>
      call(async () => {
        if (kind === 'payment') return listFailedCharges(stripe, id)
        const tries = await listSetupTries(stripe, id)
        return tries.flatMap(({ state, ...tried }) => (state === 'asked' ? [] : [{ ...tried, state }]))
      }),

    verifyEvent: async (rawBody, headers) =>
      verifyStripeEvent(rawBody, headers.get('stripe-signature') ?? '', options.webhookSecrets, livemode),

    testHelpers: livemode ? undefined : stripeTestHelpers(stripe, options),
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
