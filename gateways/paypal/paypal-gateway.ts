import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import { paypalAccess } from './access/account-access.ts'
import type { ObjectHandle, PaymentGateway, Reading, VendorGateway } from '../gateway.ts'
import type { PayPalOptions } from './account.ts'
import { openPayPal, type PayPalClient } from './client.ts'
import { ignoreNotFound } from './errors.ts'
import { captureOrder, createOrder, getOrder, onboardingOf, payOrder, readPayment, refundOrder } from './orders.ts'
import { captureOf, refundsOf } from './readings.ts'
import { listDisputes } from './lists/disputes.ts'
import { listTransactions, orderOfCapture } from './lists/transactions.ts'
import { createPaymentToken, createSetupToken, readMethod, readSession, readSetup, saved } from './vault.ts'
import { paypalEvents } from './webhook.ts'

/** PayPal keeps request ids of orders for 6 hours. One hour is a margin for clock skew and slow calls. */
const keyLife = 5 * 3_600_000

/**
 * The PayPal gateway. In two steps, an order is created without moving money, captured with a payment token, and read
 * on any doubt. In one step, the request id protects against a second payment. The customer approves a setup token
 * first.
 */
export function paypalGateway(options: PayPalOptions): VendorGateway {
  const client = openPayPal(options)
  return {
    name: 'paypal',
    ownership: options.ownership,
    setupIsSubmission: true,
    usesOurCustomerIds: true,
    ...approval(client),
    ...payments(client),
    ...returns(client),
    ...lists(client),
    ...methods(client),
    verifyEvent: paypalEvents(options, client),
    access: paypalAccess(client),
  }
}

/** PayPal has no customers to create or read: it stores our customer id with the saved method. */
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
    payInOneStep: (input, key) => payOrder(client, input, key),
    keyLife,
    onboardingOf: ({ id }) => onboardingOf(client, id),
    close: async (object, _, underWay) => closed(await read(client, object), underWay),
    clientAction: async () => null,
  }) satisfies Partial<PaymentGateway>

/**
 * PayPal cannot cancel orders or setup tokens. An unpaid one is dead once no call can arrive that pays it: its payment
 * tokens were removed (by the caller of `close`), or the time limit of such a call has passed.
 */
function closed(reading: Reading, underWay: boolean): Reading {
  if (reading.state !== 'untouched' && reading.state !== 'declined') return reading
  return { state: reading.state === 'untouched' && underWay ? 'processing' : 'dead', trace: reading.trace }
}

const returns = (client: PayPalClient) =>
  ({
    refund: ({ id }, refund, key) => refundOrder(client, id, refund, key),
    readRefunds: async ({ id }) => refundsOf(await getOrder(client, id)),
    isDisputed: async ({ id }) => {
      const captureId = captureOf(await getOrder(client, id))?.id
      if (captureId === undefined) return false
      return (await client.call(({ disputes }) => disputes(captureId))).length > 0
    },
  }) satisfies Partial<PaymentGateway>

/** PayPal has no list of refunds: the search of transactions shows them. */
const lists = (client: PayPalClient) =>
  ({
    lists: {
      names: ['payments', 'disputes'],
      // "It takes a maximum of three hours for executed transactions to appear" (reporting_transactions_v1.json).
      completeAfter: 3 * 3_600_000,
      // "The maximum supported range is 31 days": a minute less, because periods are rounded to seconds.
      longestPeriod: 31 * 86_400_000 - 60_000,
    },
    listPage: (list, period, after) =>
      list === 'disputes' ? listDisputes(client, period, after) : listTransactions(client, period, after),
    objectOfTransaction: (transactionId) => orderOfCapture(client, transactionId),
  }) satisfies Partial<PaymentGateway>

const deleteMethod = ({ call }: PayPalClient, id: string) =>
  ignoreNotFound(call(({ vault }) => vault.deletePaymentToken(id)))

const methods = (client: PayPalClient) =>
  ({
    readMethod: (id) => readMethod(client, id),
    detachMethod: (id) => deleteMethod(client, id),
  }) satisfies Partial<PaymentGateway>
