import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { ObjectHandle, PaymentGateway, Reading } from '../gateway.ts'
import { openPayPal, type PayPalAccess, type PayPalClient } from './client.ts'
import { ignoreNotFound } from './errors.ts'
import { captureOrder, createOrder, getOrder, onboardingOf, payOrder, readPayment, refundOrder } from './orders.ts'
import { captureOf, sumRefunds } from './readings.ts'
import { listPaidOrders } from './transactions.ts'
import { createPaymentToken, createSetupToken, readMethod, readSession, readSetup, saved } from './vault.ts'
import { paypalEvents } from './webhook.ts'

export interface PayPalOptions extends PayPalAccess {
  /** PayPal gives it out for an endpoint; it goes into the signature of that endpoint's events. */
  webhookId: string
  /** PEM of a root that is trusted beside the system's: a simulator's. Never used where `live`. */
  webhookRoot?: string | undefined
}

/** PayPal keeps request ids of orders for 6 hours; one of them is spared for clocks and slow calls. */
const keyLife = 5 * 3_600_000

/**
 * Speaks PayPal. In two steps: an order is created without payment source, which moves no money, captured with a payment
 * token, and read on any doubt; or in one, where the request id guards. The customer approves beforehand, by a setup token.
 */
export function paypalGateway(options: PayPalOptions): PaymentGateway {
  const client = openPayPal(options)
  return {
    name: 'paypal',
    setupIsSubmission: true,
    customersAreOurs: true,
    ...approval(client),
    ...payments(client),
    ...returns(client),
    ...methods(client),
    verifyEvent: paypalEvents(options, client),
  }
}

/** Where there is no customer to create or read, ours stands in: PayPal keeps its id beside what is saved. */
const approval = (client: PayPalClient) =>
  ({
    async createCustomer({ customer_id }) {
      if (!customer_id) throw new GatewayError('refused', 'no_customer_id')
      return customer_id
    },
    async readCustomer() {
      throw new GatewayError('not_found', 'no_customers')
    },
    openSession: (session, key) => createSetupToken(client, session, key),
    readSession: (token) => readSession(client, token),
    exchange: async (token, key) => ({ id: (await createPaymentToken(client, token, key)).id }),
    async readToken(token) {
      const state = await readSession(client, token)
      return { usedBy: null, expired: state === 'gone' || state === 'used' }
    },
  }) satisfies Partial<PaymentGateway>

const read = (client: PayPalClient, { kind, id }: ObjectHandle) =>
  kind === 'payment' ? readPayment(client, id) : readSetup(client, id)

const payments = (client: PayPalClient) =>
  ({
    createObject: async ({ kind, reference, ...input }, key) =>
      kind === 'payment' ? createOrder(client, input, key) : reference,
    read: (object) => read(client, object),
    confirm: async ({ kind, id }, { reference, offSession }, key) =>
      kind === 'payment'
        ? captureOrder(client, id, { vaultId: reference.id, payerPresent: !offSession }, key)
        : saved(await createPaymentToken(client, reference.id, key)),
    payAtOnce: (input, key) => payOrder(client, input, key),
    keyLife,
    onboardingOf: ({ id }) => onboardingOf(client, id),
    close: async (object, _, underWay) => closed(await read(client, object), underWay),
    clientAction: async () => null,
  }) satisfies Partial<PaymentGateway>

/**
 * PayPal cancels neither orders nor setup tokens. What is unpaid counts as dead once no call can arrive that pays it:
 * the payment tokens for that are gone (removed by whoever closes the object), or the time for such a call is over.
 */
function closed(reading: Reading, underWay: boolean): Reading {
  if (reading.state !== 'untouched' && reading.state !== 'declined') return reading
  return { state: reading.state === 'untouched' && underWay ? 'processing' : 'dead', trace: reading.trace }
}

const returns = (client: PayPalClient) =>
  ({
    refund: ({ id }, refund, key) => refundOrder(client, id, refund, key),
    readRefunds: async ({ id }) => sumRefunds(await getOrder(client, id)),
    listPaid: (since) => listPaidOrders(client, since),
    isDisputed: async ({ id }) => {
      const captureId = captureOf(await getOrder(client, id))?.id
      if (captureId === undefined) return false
      return (await client.call(({ disputes }) => disputes(captureId))).length > 0
    },
  }) satisfies Partial<PaymentGateway>

const deleteMethod = ({ call }: PayPalClient, id: string) =>
  ignoreNotFound(call(({ vault }) => vault.deletePaymentToken(id)))

const methods = (client: PayPalClient) =>
  ({
    readMethod: (id) => readMethod(client, id),
    detachMethod: (id) => deleteMethod(client, id),
  }) satisfies Partial<PaymentGateway>
