import type { GatewayName } from '../../../domain/lifecycle.ts'
import { isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { AccountAccess } from '../../../gateways/account-access.ts'
import type { PaymentGateway, TestHelpers } from '../../../gateways/gateway.ts'
import { vendorNameOf } from './organizations.ts'
import type { Things } from './things.ts'

// Every call of the port as data. The compiler requires a row for each; a test compares the rows with the gateways.

type MethodOf<T> = { [K in keyof T]-?: NonNullable<T[K]> extends (...all: never[]) => unknown ? K : never }[keyof T] &
  string
export type PortMethod =
  MethodOf<PaymentGateway> | `access.${MethodOf<AccountAccess>}` | `testHelpers.${MethodOf<TestHelpers>}`

export interface PortCall {
  at: GatewayName[]
  /** Whether it begins or charges something: a disabled account does not. */
  begins?: true
  /** Whether it makes no call to the gateway. */
  isLocal?: true
  /** Makes the call. `key` is a new one. */
  call(gateway: PaymentGateway, things: Things, key: string): unknown
}

const both: GatewayName[] = ['stripe', 'paypal']
const price = { amount: 1500, currency: 'USD' }

/** Ignores a rejection that says that there is nothing: the gateway was asked, or needs not to be. */
const unlessNothing = (call: Promise<unknown>) =>
  call.catch((error: unknown) => {
    if (!isGatewayError(error, 'not_found')) throw error
  })

const rejects = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error('was accepted')),
    () => {},
  )

export const portCalls: Record<PortMethod, PortCall> = {
  createCustomer: { at: both, begins: true, call: (g, { metadata }, key) => g.createCustomer(metadata, key) },
  createObject: {
    at: both,
    begins: true,
    call: (g, { metadata, customerId }, key) =>
      g.createObject({ kind: 'payment', customerId, ...price, metadata, reference: '' }, key),
  },
  payInOneStep: {
    at: ['paypal'],
    begins: true,
    call: (g, { metadata, methodId }, key) =>
      g.payInOneStep!({ ...price, metadata: { ...metadata, onboarding_id: key }, methodId, payerPresent: true }, key),
  },
  onboardingOf: { at: both, call: (g, { paid }) => g.onboardingOf!(paid) },
  openSession: { at: ['paypal'], begins: true, call: (g, { session }, key) => g.openSession!(session, key) },
  formSecret: { at: ['stripe'], begins: true, call: (g, { setup }) => g.formSecret!(setup) },
  formTries: { at: ['stripe'], call: (g, { setup }) => g.formTries!(setup) },
  failedTries: { at: ['stripe'], call: (g, { paid }) => g.failedTries!(paid) },
  readSession: { at: ['paypal'], call: (g, { setup }) => g.readSession!(setup.id) },
  exchange: { at: ['paypal'], call: (g, { approved }, key) => g.exchange!(approved, key) },
  read: { at: both, call: (g, { paid }) => g.read(paid) },
  confirm: {
    at: both,
    begins: true,
    call: (g, { toConfirm, methodId }, key) =>
      g.confirm(toConfirm, { reference: { id: methodId, singleUse: false }, offSession: false, ...price }, key),
  },
  readToken: { at: both, call: (g, { token }) => g.readToken(token) },
  readMethod: { at: both, call: (g, { methodId }) => g.readMethod(methodId) },
  readCustomer: { at: both, call: (g, { customerId }) => unlessNothing(g.readCustomer(customerId)) },
  eraseCustomer: {
    at: ['stripe'],
    call: (g, { metadata, customerId }) => unlessNothing(g.eraseCustomer!(customerId, metadata)),
  },
  eraseReceipt: { at: ['stripe'], call: (g, { paid }) => g.eraseReceipt!(paid.id) },
  listCustomers: { at: ['stripe'], call: (g) => g.listCustomers!() },
  close: { at: both, call: (g, { toClose }, key) => g.close(toClose, key, false) },
  refund: {
    at: both,
    call: (g, { paid, metadata }, key) =>
      g.refund(paid, { amount: 100, currency: price.currency, metadata, refundId: null }, key),
  },
  isDisputed: { at: both, call: (g, { paid }) => g.isDisputed(paid) },
  listPage: {
    at: both,
    call: (g) => g.listPage!('payments', { from: new Date(Date.now() - 3_600_000), to: new Date() }, null),
  },
  listEvents: {
    at: ['stripe'],
    call: (g) => g.listEvents!({ from: new Date(Date.now() - 3_600_000), to: new Date() }, null),
  },
  objectOfTransaction: {
    at: ['paypal'],
    call: async (g, { paid }) => {
      const reading = await g.read(paid)
      return reading.state === 'paid' && g.objectOfTransaction!(reading.transactionId!)
    },
  },
  readRefunds: { at: both, call: (g, { paid }) => g.readRefunds(paid) },
  detachMethod: { at: both, call: (g, { toDetach }, key) => g.detachMethod(toDetach, key) },
  clientAction: { at: both, call: (g, { paid }) => g.clientAction(paid) },
  verifyEvent: { at: both, isLocal: true, call: (g) => rejects(g.verifyEvent('{}', new Headers(), '127.0.0.1')) },
  registerDomain: { at: ['stripe'], call: (g, _, key) => g.registerDomain!(`${key}.example.com`) },
  'access.readId': { at: both, call: (g) => g.access!.readId() },
  'access.check': { at: both, call: (g) => g.access!.check() },
  'access.ownsPublishableKey': { at: ['stripe'], call: (g) => g.access!.ownsPublishableKey!(publishableKeyOf(g)) },
  'access.createWebhook': { at: both, call: (g, _, key) => g.access!.createWebhook(`https://${key}.example.com`) },
  'access.mendWebhook': {
    at: both,
    call: async (g, _, key) => g.access!.mendWebhook((await g.access!.createWebhook(`https://${key}.example.com`)).id),
  },
  'access.findWebhook': { at: both, call: (g, _, key) => g.access!.findWebhook(`https://${key}.example.com`) },
  'testHelpers.newToken': { at: ['stripe'], call: (g, _, key) => g.testHelpers!.newToken('pays', key) },
  'testHelpers.methodThat': { at: ['stripe'], isLocal: true, call: (g) => g.testHelpers!.methodThat('pays') },
  'testHelpers.decide': { at: ['stripe'], isLocal: true, call: (g, { processing }) => decide(g, processing) },
  'testHelpers.dispute': { at: ['stripe'], call: (g, { disputed }) => g.testHelpers!.dispute(disputed) },
}

/** A connected account is called with the keys of the installation's. */
const publishableKeyOf = ({ accountId }: PaymentGateway) =>
  accountId.endsWith('_connected') ? 'pk_test_world' : `pk_test_${vendorNameOf(accountId).replace('default', 'world')}`

/** Its call is the simulator's own, and has no credentials. */
const decide = (g: PaymentGateway, processing: Things['processing']) => g.testHelpers!.decide(processing!, 'pays')

export const methodNames = Object.keys(portCalls) as PortMethod[]
