import type Stripe from 'stripe'
import { StripeAnswer } from '../errors.ts'
import { chargeView } from './charge-view.ts'
import { openDispute } from './disputes.ts'
import { recordAttempt } from './setup-attempts.ts'
import type { FailedCharge, LedgerCharge, StripeState } from './state.ts'

// The possible outcomes of a payment method on an intent.

export type Intent = Stripe.PaymentIntent | Stripe.SetupIntent
export interface Decline {
  code: string
  decline_code?: string
  advice_code?: string
}

const put = (state: StripeState, intent: Intent) =>
  state.journal.put(intent.object === 'payment_intent' ? 'payment_intents' : 'setup_intents', intent.id, intent)

/** Charges the method, and saves it with the customer if the intent requests that. */
export function pay(
  state: StripeState,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): Stripe.PaymentIntent {
  if (intent.setup_future_usage) state.setUp(method, intent.customer as string | null)
  else if (method.customer === null) state.markUsed(method.id)
  const charge: LedgerCharge = {
    id: state.newId('ch'),
    payment_intent: intent.id,
    customer: intent.customer as string | null,
    amount: intent.amount,
    currency: intent.currency,
    status: 'succeeded',
    refunded_amount: 0,
    metadata: intent.metadata,
    created: state.now(),
  }
  state.journal.put('charges', charge.id, charge)
  state.happened('charge.succeeded', chargeView(charge))
  if (state.cardOf(method).disputed) openDispute(state, charge)
  const paid: Stripe.PaymentIntent = {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
    payment_method: method.id,
  }
  put(state, paid)
  return paid
}

/** Leaves the payment to the bank, which decides later (`POST /_sim/authenticate`). */
export function process(
  state: StripeState,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): Stripe.PaymentIntent {
  const processing: Stripe.PaymentIntent = {
    ...intent,
    status: 'processing',
    last_payment_error: null,
    next_action: null,
    payment_method: method.id,
  }
  put(state, processing)
  return processing
}

/** Saves the method with the customer without a charge. */
export function save(state: StripeState, intent: Stripe.SetupIntent, method: Stripe.PaymentMethod): Stripe.SetupIntent {
  state.setUp(method, intent.customer as string | null)
  const saved: Stripe.SetupIntent = {
    ...intent,
    status: 'succeeded',
    latest_attempt: recordAttempt(state, intent, method, 'succeeded'),
    last_setup_error: null,
    next_action: null,
    payment_method: method.id,
  }
  put(state, saved)
  return saved
}

/** Returns how the customer reaches the bank: through Stripe.js or a redirect. */
const nextAction = (intent: Intent, { use_stripe_sdk, return_url }: Record<string, unknown>) =>
  use_stripe_sdk
    ? {
        type: 'use_stripe_sdk',
        use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: `/challenge/${intent.id}` },
      }
    : {
        type: 'redirect_to_url',
        redirect_to_url: { url: `https://hooks.stripe.com/3d_secure_2/hosted?id=${intent.id}`, return_url },
      }

/** Requires the customer's confirmation, on a simulated page of the bank. */
export function requireAction<T extends Intent>(
  state: StripeState,
  intent: T,
  method: Stripe.PaymentMethod,
  input: Record<string, unknown>,
): T {
  const tried =
    intent.object === 'setup_intent' ? { latest_attempt: recordAttempt(state, intent, method, 'requires_action') } : {}
  const asked = {
    ...intent,
    ...tried,
    status: 'requires_action',
    next_action: nextAction(intent, input),
    payment_method: method.id,
  } as T
  put(state, asked)
  return asked
}

const messages: Record<string, string> = {
  payment_intent_authentication_failure:
    'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
    'PaymentMethod to attempt to fulfill this PaymentIntent again.',
  setup_intent_authentication_failure:
    'The latest attempt to set up the payment method has failed because authentication failed.',
}

/** Declines: the intent can be confirmed again with another method. Returns the error to throw. */
export function decline(
  state: StripeState,
  intent: Intent,
  method: Stripe.PaymentMethod,
  reason: Decline,
): StripeAnswer {
  const failed = declined(state, intent, method, reason)
  const error = failed.object === 'payment_intent' ? failed.last_payment_error! : failed.last_setup_error!
  return new StripeAnswer(402, { ...error, [failed.object]: failed }, true)
}

/** Declines after a challenge, when no call waits for the result. Returns the updated intent. */
export function declined<T extends Intent>(
  state: StripeState,
  intent: T,
  method: Stripe.PaymentMethod,
  reason: Decline,
): T {
  if (intent.object === 'payment_intent' && method.customer === null) state.markUsed(method.id)
  const message = messages[reason.code] ?? 'Your card was declined.'
  const error = { type: 'card_error', ...reason, message, payment_method: method }
  const tried =
    intent.object === 'payment_intent'
      ? chargeFailed(state, intent, error, reason)
      : { latest_attempt: recordAttempt(state, intent, method, 'failed', error), last_setup_error: error }
  const failed = {
    ...intent,
    ...tried,
    status: 'requires_payment_method',
    next_action: null,
    payment_method: null,
  } as unknown as T
  put(state, failed)
  return failed
}

/** Records a failed charge. A failed authentication creates none, because the bank received no charge. */
function chargeFailed(state: StripeState, intent: Stripe.PaymentIntent, error: { message: string }, reason: Decline) {
  if (reason.code === 'payment_intent_authentication_failure') return { last_payment_error: error }
  const { amount, currency, metadata } = intent
  const failed: FailedCharge = {
    id: state.newId('ch'),
    payment_intent: intent.id,
    customer: intent.customer as string | null,
    amount,
    currency,
    metadata,
    created: state.now(),
    status: 'failed',
    failure_code: reason.code,
    failure_message: error.message,
    decline_code: reason.decline_code ?? null,
    blocked: reason.decline_code === 'fraudulent',
  }
  state.journal.put('failed_charges', failed.id, failed)
  state.happened('charge.failed', chargeView(failed))
  return { latest_charge: failed.id, last_payment_error: { ...error, charge: failed.id } }
}
