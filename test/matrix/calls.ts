import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { FaultName } from '../../tools/simulators/faults.ts'
import type { JourneyName } from './journeys.ts'

// The matrix as data: every call that moves or could move money, in every payment flow, and every fault of a call. Each
// new flow, call or fault is a line here.

export interface MoneyCall {
  name: string
  method?: 'DELETE'
  path: string
  /** The journey of an onboarding that makes the call. */
  journey: JourneyName
  /** The object whose id identifies the call's onboarding. Default: the onboarding. */
  about?: 'customer'
  /** Seconds for which the gateway keeps the call's key. Absent without a key. */
  keyLife?: number
  /** Whether a rejected key calls no operator: nobody waits for the call, which a worker repeats. */
  callsNobody?: true
  /** Whether the call is retried only while its key is certainly valid. See paypal-single-step.test.ts. */
  neverForgotten?: true
  /** Whether the submission expires before the gateway forgets the key. The customer is then asked again. */
  outlivesSubmission?: true
}

export interface Flow {
  name: string
  gateway: GatewayName
  settings: Partial<Settings>
  calls: MoneyCall[]
  /** The payer of all onboardings. PayPal then keeps one payment token per payer. Absent: one payer per onboarding. */
  payer?: string
}

export interface FaultKind {
  name: string
  fault: FaultName
  /** Whether the clock is advanced past the lifetime of the key before the retry. */
  forgetsKey?: true
  needsKey?: true
}

const hour = 3600
const day = 24 * hour

const stripeCalls: MoneyCall[] = [
  {
    name: 'create customer',
    path: '/v1/customers',
    journey: 'payByCard',
    about: 'customer',
    keyLife: day,
    outlivesSubmission: true,
  },
  {
    name: 'create payment',
    path: '/v1/payment_intents',
    journey: 'payByCard',
    keyLife: day,
    outlivesSubmission: true,
  },
  { name: 'confirm payment', path: '/v1/payment_intents/*/confirm', journey: 'payByCard', keyLife: day },
  { name: 'confirm saved card', path: '/v1/payment_intents/*/confirm', journey: 'payBySavedCard', keyLife: day },
  { name: 'create setup', path: '/v1/setup_intents', journey: 'saveCard', keyLife: day, outlivesSubmission: true },
  { name: 'confirm setup', path: '/v1/setup_intents/*/confirm', journey: 'saveCard', keyLife: day },
  { name: 'cancel payment', path: '/v1/payment_intents/*/cancel', journey: 'cancelDeclined', keyLife: day },
  { name: 'refund', path: '/v1/refunds', journey: 'cancelPaidByCard', keyLife: day },
  { name: 'detach method', path: '/v1/payment_methods/*/detach', journey: 'cancelPaidByCard', keyLife: day },
  { name: 'refund a part', path: '/v1/refunds', journey: 'refundPartByCard', keyLife: day },
  { name: 'refund at close', path: '/v1/refunds', journey: 'closePaidByCard', keyLife: day },
  {
    name: 'detach at close',
    path: '/v1/payment_methods/*/detach',
    journey: 'closePaidByCard',
    keyLife: day,
    callsNobody: true,
  },
]

const vault = '/v3/vault/payment-tokens'
const paymentToken: MoneyCall = {
  name: 'payment token',
  path: vault,
  journey: 'payByPayPal',
  keyLife: 3 * hour,
  outlivesSubmission: true,
}
const saveWallet: MoneyCall = {
  name: 'save wallet',
  path: vault,
  journey: 'saveWallet',
  keyLife: 3 * hour,
  outlivesSubmission: true,
}
const createOrder = { path: '/v2/checkout/orders', journey: 'payByPayPal', keyLife: 6 * hour } as const
const walletCalls: MoneyCall[] = [
  {
    name: 'setup token',
    path: '/v3/vault/setup-tokens',
    journey: 'payByPayPal',
    keyLife: 3 * hour,
  },
  paymentToken,
  saveWallet,
  { name: 'create order', ...createOrder, outlivesSubmission: true },
]
const refundCapture: MoneyCall = {
  name: 'refund',
  path: '/v2/payments/captures/*/refund',
  journey: 'cancelPaidByPayPal',
  keyLife: 45 * day,
}
const returnCalls: MoneyCall[] = [
  refundCapture,
  { name: 'delete token', method: 'DELETE', path: `${vault}/*`, journey: 'cancelPaidByPayPal', about: 'customer' },
  { ...refundCapture, name: 'refund a part', journey: 'refundPartByPayPal' },
  { ...refundCapture, name: 'refund at close', journey: 'closePaidByPayPal' },
  {
    name: 'delete token at close',
    method: 'DELETE',
    path: `${vault}/*`,
    journey: 'closePaidByPayPal',
    about: 'customer',
    callsNobody: true,
  },
]
const captureCall: MoneyCall = {
  name: 'capture order',
  path: '/v2/checkout/orders/*/capture',
  journey: 'payByPayPal',
  keyLife: 6 * hour,
}

export const flows: Flow[] = [
  { name: 'Stripe', gateway: 'stripe', settings: {}, calls: stripeCalls },
  {
    name: 'PayPal, two steps',
    gateway: 'paypal',
    settings: { paypalOrderFlow: 'two_step' },
    calls: [...walletCalls, captureCall, ...returnCalls],
  },
  {
    name: 'PayPal, one step',
    gateway: 'paypal',
    settings: { paypalOrderFlow: 'single_step' },
    // Refunds and token deletions are the same in both flows.
    calls: [paymentToken, { name: 'pay order', ...createOrder, neverForgotten: true }],
  },
  {
    name: 'PayPal, one payer for all',
    gateway: 'paypal',
    settings: { paypalOrderFlow: 'two_step' },
    payer: 'everybody@personal.example.com',
    // No token is deleted here, because others use it, and none is declined: see same-payer.test.ts.
    calls: [paymentToken, saveWallet, captureCall, refundCapture],
  },
  {
    name: 'PayPal, one payer for all, one step',
    gateway: 'paypal',
    settings: { paypalOrderFlow: 'single_step' },
    payer: 'everybody@personal.example.com',
    calls: [paymentToken, { name: 'pay order', ...createOrder, neverForgotten: true }],
  },
]

export const faults: FaultKind[] = [
  { name: 'request lost', fault: 'lose_request' },
  { name: 'response lost', fault: 'lose_answer' },
  { name: '500 before', fault: 'error_before' },
  { name: '500 after', fault: 'error_after' },
  { name: 'timeout', fault: 'delay' },
  { name: 'reset', fault: 'reset' },
  { name: 'key in use', fault: 'key_in_use', needsKey: true },
  { name: 'key forgotten', fault: 'lose_answer', forgetsKey: true, needsKey: true },
  { name: '429', fault: 'rate_limit' },
  { name: '401', fault: 'unauthorized' },
]

/** One cell of the matrix: one onboarding with a call that fails several times in a row. */
export interface Cell {
  flow: Flow
  call: MoneyCall
  kind: FaultKind
  times: number
}

/** Returns all cells for these numbers of failures. Omits key faults for calls without a key. */
export const cellsOf = (times: number[]): Cell[] =>
  flows.flatMap((flow) =>
    flow.calls.flatMap((call) =>
      faults
        .filter(({ needsKey }) => !needsKey || call.keyLife !== undefined)
        .filter(({ forgetsKey }) => !forgetsKey || !call.neverForgotten)
        .flatMap((kind) => times.map((n) => ({ flow, call, kind, times: n }))),
    ),
  )

export const nameOf = ({ flow, call, kind, times }: Cell) => `${flow.name}: ${call.name}, ${kind.name}, ${times} times`
