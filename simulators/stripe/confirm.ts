import type Stripe from 'stripe'
import { invalidRequest, StripeAnswer } from './errors.ts'
import type { LedgerCharge, StripeState } from './state.ts'

type Intent = Stripe.PaymentIntent | Stripe.SetupIntent
type Input = Record<string, unknown>

const confirmable = new Set(['requires_payment_method', 'requires_confirmation', 'requires_action'])

/** The payment method that a confirm names, directly or by a confirmation token, which it uses up. */
export function submittedMethod(state: StripeState, intent: Intent, input: Input): Stripe.PaymentMethod {
  if (typeof input.confirmation_token === 'string') return useToken(state, intent, input.confirmation_token)
  if (typeof input.payment_method !== 'string')
    throw invalidRequest('You must provide a payment method.', { param: 'payment_method' })
  return state.paymentMethod(input.payment_method)
}

function useToken(state: StripeState, intent: Intent, id: string): Stripe.PaymentMethod {
  const stored = state.confirmationToken(id)
  const { token } = stored
  if (token.payment_intent ?? token.setup_intent) {
    throw invalidRequest(
      'This ConfirmationToken was already used.',
      { code: 'confirmation_token_already_used', param: 'confirmation_token' },
      true,
    )
  }
  if (token.expires_at !== null && token.expires_at <= state.now()) {
    throw invalidRequest(
      'This ConfirmationToken has expired.',
      { code: 'confirmation_token_expired', param: 'confirmation_token' },
      true,
    )
  }
  const used = intent.object === 'payment_intent' ? { payment_intent: intent.id } : { setup_intent: intent.id }
  state.journal.put('confirmation_tokens', id, { ...stored, token: { ...token, ...used } })
  return state.newPaymentMethod(stored.card)
}

/** Refuses what the vendor refuses before a bank is asked. */
export function checkConfirmable(intent: Intent, input: Input): void {
  if (!confirmable.has(intent.status)) {
    const kind = intent.object === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent'
    const message = `You cannot confirm this ${kind} because it has a status of ${intent.status}.`
    throw invalidRequest(message, { code: `${intent.object}_unexpected_state` }, true)
  }
  if (input.off_session !== undefined && input.setup_future_usage !== undefined) {
    throw invalidRequest('You cannot confirm with the off_session parameter when setup_future_usage is also set.', {
      param: 'off_session',
    })
  }
  if (
    intent.object === 'payment_intent' &&
    input.amount_to_confirm !== undefined &&
    Number(input.amount_to_confirm) !== intent.amount
  ) {
    throw invalidRequest('The amount to confirm is not the amount of the PaymentIntent.', {
      param: 'amount_to_confirm',
    })
  }
}

function checkOwner(intent: Intent, method: Stripe.PaymentMethod): void {
  if (method.customer === null || method.customer === intent.customer) return
  throw invalidRequest('The PaymentMethod belongs to another customer.', {
    code: 'payment_method_customer_mismatch',
    param: 'payment_method',
  })
}

const attach = (state: StripeState, method: Stripe.PaymentMethod, customer: Intent['customer']) =>
  state.journal.put('payment_methods', method.id, { ...method, customer: customer as string | null })

const declineMessage = 'Your card was declined.'

function declinedAnswer(
  intent: Intent,
  method: Stripe.PaymentMethod,
  decline: { code: string; decline_code?: string },
  charge?: string,
): StripeAnswer {
  const error = {
    type: 'card_error',
    ...decline,
    message: declineMessage,
    payment_method: method,
    ...(charge ? { charge } : {}),
    [intent.object]: intent,
  }
  return new StripeAnswer(402, error, true)
}

/** Asks the bank for the money of a PaymentIntent: it succeeds, or is declined and can be confirmed again. */
export function confirmPayment(
  state: StripeState,
  intent: Stripe.PaymentIntent,
  input: Input,
  forced?: { code: string; decline_code?: string },
): Stripe.PaymentIntent {
  checkConfirmable(intent, input)
  const method = submittedMethod(state, intent, input)
  checkOwner(intent, method)
  const decline = forced ?? state.cardOf(method).decline
  const chargeId = state.newId('ch')
  if (decline) {
    const last_payment_error = {
      type: 'card_error',
      ...decline,
      message: declineMessage,
      charge: chargeId,
      payment_method: method,
    }
    const failed = {
      ...intent,
      status: 'requires_payment_method',
      latest_charge: chargeId,
      last_payment_error,
      payment_method: null,
    } as Stripe.PaymentIntent
    state.journal.put('payment_intents', intent.id, failed)
    throw declinedAnswer(failed, method, decline, chargeId)
  }
  const setup = (input.setup_future_usage ?? null) as Stripe.PaymentIntent['setup_future_usage']
  if (setup) attach(state, method, intent.customer)
  const charge: LedgerCharge = {
    id: chargeId,
    payment_intent: intent.id,
    customer: intent.customer as string | null,
    amount: intent.amount,
    currency: intent.currency,
    status: 'succeeded',
    refunded_amount: 0,
    metadata: intent.metadata,
    created: state.now(),
  }
  state.journal.put('charges', chargeId, charge)
  const paid: Stripe.PaymentIntent = {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: chargeId,
    last_payment_error: null,
    payment_method: method.id,
    setup_future_usage: setup,
  }
  state.journal.put('payment_intents', intent.id, paid)
  return paid
}

/** Saves the payment method of a SetupIntent with its customer, unless the bank declines even that. */
export function confirmSetup(
  state: StripeState,
  intent: Stripe.SetupIntent,
  input: Input,
  forced?: { code: string; decline_code?: string },
): Stripe.SetupIntent {
  checkConfirmable(intent, input)
  const method = submittedMethod(state, intent, input)
  checkOwner(intent, method)
  const card = state.cardOf(method)
  const decline = forced ?? (card.cannotBeSaved ? card.decline : undefined)
  const attempt = state.newId('setatt')
  if (decline) {
    const last_setup_error = { type: 'card_error', ...decline, message: declineMessage, payment_method: method }
    const failed = {
      ...intent,
      status: 'requires_payment_method',
      latest_attempt: attempt,
      last_setup_error,
    } as Stripe.SetupIntent
    state.journal.put('setup_intents', intent.id, failed)
    throw declinedAnswer(failed, method, decline)
  }
  attach(state, method, intent.customer)
  const saved: Stripe.SetupIntent = {
    ...intent,
    status: 'succeeded',
    latest_attempt: attempt,
    last_setup_error: null,
    payment_method: method.id,
  }
  state.journal.put('setup_intents', intent.id, saved)
  return saved
}
