import type Stripe from 'stripe'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PaymentGateway, VendorGateway, WalletOnDomain } from '../gateway.ts'
import { stripeAccess } from './access/account-access.ts'
import { connect, type StripeConnection, type StripeOptions } from './client.ts'
import { createCustomer } from './create.ts'
import { eraseCustomer, eraseReceipt } from './customers/erase-customer.ts'
import { listCustomers } from './customers/list-customers.ts'
import { ownerOf } from './customers/owner-of.ts'
import { call } from './errors.ts'
import { verifyStripeEvent } from './events.ts'
import { eventList } from './lists/event-list.ts'
import { lists } from './lists/listed.ts'
import { payments, refunds } from './payments.ts'
import { stripePlatform } from './platform/stripe-platform.ts'
import { findMethod } from './read-refusal.ts'
import { describeMethod, requireOurs } from './readings.ts'
import { stripeTestHelpers } from './test-helpers.ts'
import { listFailedCharges, listFailedSetupTries, listSetupTries } from './tries.ts'

/** The Stripe gateway: an intent is created without moving money, confirmed, and read on any doubt. */
export function stripeGateway(options: StripeOptions): VendorGateway {
  const connection = connect(options)
  const { stripe, livemode } = connection
  return {
    name: 'stripe',
    ownership: options.ownership,
    offSessionPreventsSaving: true,
    ...payments(connection, options.returnUrl),
    ...refunds(connection),
    ...lists(connection),
    ...eventList(connection, options.connectedId),
    ...customers(connection),
    ...methods(connection),
    ...forms(connection),
    ...domains(connection),
    verifyEvent: async (rawBody, headers) =>
      verifyStripeEvent(rawBody, headers.get('stripe-signature') ?? '', options.webhookSecrets, livemode),
    access: stripeAccess(connection, options),
    platform: options.connectWebhookSecrets && stripePlatform(connection, options.connectWebhookSecrets),
    testHelpers: livemode ? undefined : stripeTestHelpers(stripe, options),
  }
}

const customers = (connection: StripeConnection) => {
  const { stripe, ofThisMode } = connection
  return {
    createCustomer: (metadata, key, details = {}) =>
      call(async () => ofThisMode(await createCustomer(stripe, metadata, key, details)).id),
    readCustomer: (customerId) =>
      call(async () => {
        // Caller input: anything but an id could change the path.
        if (!/^cus_\w{1,250}$/.test(customerId)) throw new GatewayError('not_found', 'no_id')
        const customer = await stripe.customers.retrieve(customerId)
        if (customer.deleted) throw new GatewayError('not_found', 'customer_deleted')
        return ownerOf(ofThisMode(customer))
      }),
    eraseCustomer: (customerId, metadata) => call(() => eraseCustomer(connection, customerId, metadata)),
    eraseReceipt: (paymentId) => call(() => eraseReceipt(connection, paymentId)),
    listCustomers: (after) => call(() => listCustomers(connection, after)),
  } satisfies Partial<PaymentGateway>
}

const methods = ({ stripe, ofThisMode }: StripeConnection) =>
  ({
    readToken: (token) =>
      call(async () => {
        const found = ofThisMode(await stripe.confirmationTokens.retrieve(token))
        const expired = found.expires_at !== null && found.expires_at * 1000 <= Date.now()
        return { usedBy: found.payment_intent ?? found.setup_intent, expired }
      }),
    readMethod: (methodId) =>
      call(async () => {
        const method = ofThisMode(await stripe.paymentMethods.retrieve(methodId, { expand: ['customer'] }))
        // Payments here accept cards only.
        if (method.type !== 'card') throw new GatewayError('method_unusable', 'other_type')
        const customer = typeof method.customer === 'object' && method.customer ? ownerOf(method.customer) : null
        return { ...describeMethod(method), attached: customer !== null, customer }
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
  }) satisfies Partial<PaymentGateway>

/** Callers' own forms, and the cards that were tried with a client secret. */
const forms = ({ stripe, ofThisMode }: StripeConnection) =>
  ({
    formSecret: ({ id, metadata }) =>
      call(async () => {
        const intent = requireOurs(ofThisMode(await stripe.setupIntents.retrieve(id)), metadata)
        const over = intent.status === 'succeeded' || intent.status === 'canceled'
        return over ? null : intent.client_secret
      }),
    formTries: ({ id }) => call(() => listSetupTries(stripe, id)),
    failedTries: ({ kind, id }) =>
      call(() => (kind === 'payment' ? listFailedCharges(stripe, id) : listFailedSetupTries(stripe, id))),
  }) satisfies Partial<PaymentGateway>

/** Domains for wallets. Errors are the SDK's, for an operator. */
const domains = ({ stripe }: StripeConnection) =>
  ({ registerDomain: (domain) => registerDomain(stripe, domain) }) satisfies Partial<PaymentGateway>

// docs.stripe.com/payments/payment-methods/pmd-registration: Stripe validates the domain with Apple. Apple's file under
// /.well-known/ is not needed any more (github.com/woocommerce/woocommerce-gateway-stripe/pull/4371).
async function registerDomain({ paymentMethodDomains }: Stripe, domain: string): Promise<WalletOnDomain[]> {
  const { data } = await paymentMethodDomains.list({ domain_name: domain, limit: 1 })
  const { id, enabled } = data[0] ?? (await paymentMethodDomains.create({ domain_name: domain }))
  if (!enabled) await paymentMethodDomains.update(id, { enabled: true })
  return walletsOn(await paymentMethodDomains.validate(id))
}

const walletsOn = ({ apple_pay, google_pay, link }: Stripe.PaymentMethodDomain): WalletOnDomain[] =>
  Object.entries({ 'Apple Pay': apple_pay, 'Google Pay': google_pay, Link: link }).map(([wallet, at]) => ({
    wallet,
    status: at.status === 'active' ? 'active' : 'inactive',
    reason: at.status_details?.error_message ?? null,
  }))
