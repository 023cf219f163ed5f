import { GatewayError, isGatewayError } from '../../domain/gateway-errors.ts'
import type { ObjectHandle, PaymentGateway, Reading, SentToObject } from '../gateway.ts'
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
    close: (object, key, sent) =>
      object.kind === 'payment' ? close(client, object, sent) : useUp(client, object.id, key),
    clientAction: async () => null,
  }) satisfies Partial<PaymentGateway>

/**
 * An order cannot be canceled. It is kept from being captured by deleting the payment tokens with which that could be asked:
 * those made for it. A caller's own is not ours to delete; while a call with it may be under way nothing is certain. What is paid
 * already keeps the token that paid: its onboarding may go on.
 */
async function close(client: PayPalClient, object: ObjectHandle, sent: SentToObject): Promise<Reading> {
  const before = await read(client, object)
  if (!isUnpaid(before) || sent.ownMethods.length === 0) return closed(before, sent)
  for (const id of sent.ownMethods) await deleteMethod(client, id)
  return closed(await read(client, object), sent)
}

const isUnpaid = ({ state }: Reading) => state === 'untouched' || state === 'declined'

function closed(reading: Reading, sent: SentToObject): Reading {
  if (!isUnpaid(reading)) return reading
  const mayBeCaptured = reading.state === 'untouched' && sent.callersUnderWay
  return { state: mayBeCaptured ? 'processing' : 'dead', trace: reading.trace }
}

/**
 * A setup token cannot be withdrawn either, and an exchange of it may be under way. It can be exchanged once: that is done here,
 * and what came of it deleted; where somebody was faster, the reading tells what was saved.
 */
async function useUp(client: PayPalClient, id: string, key: string): Promise<Reading> {
  try {
    await deleteMethod(client, (await createPaymentToken(client, id, key)).id)
  } catch (error) {
    if (!isGatewayError(error, 'method_unusable')) throw error
    const reading = await readSetup(client, id)
    if (reading.state === 'paid') return reading
  }
  return { state: 'dead', trace: '' }
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
