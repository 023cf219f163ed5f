import type Stripe from 'stripe'
import type { TestCard } from './cards.ts'
import { requireAction, decline, process, save, pay, type Decline, type Intent } from './outcomes.ts'
import { invalidRequest } from '../errors.ts'
import type { StripeState } from './state.ts'

type Input = Record<string, unknown>

const confirmable = new Set(['requires_payment_method', 'requires_confirmation', 'requires_action'])

/** Returns the payment method of a confirmation, given directly or by a confirmation token, which is used up. */
function submittedMethod(state: StripeState, intent: Intent, input: Input): Stripe.PaymentMethod {
  if (typeof input.confirmation_token === 'string') return useToken(state, intent, input.confirmation_token)
  if (typeof input.payment_method !== 'string')
    throw invalidRequest('You must provide a payment method.', { param: 'payment_method' })
  const method = state.paymentMethod(input.payment_method)
  if (state.isUsed(method.id)) throw usedMethod()
  return method
}

// Without code and param: github.com/liberapay/liberapay.com/issues/2686,
// github.com/kurozumi/stripe-eccube-plugin/issues/21.
const usedMethod = () =>
  invalidRequest(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared ' +
      'with a connected account without Customer attachment, or was detached from a Customer. It may not be used ' +
      'again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    {},
    true,
  )

/** Rejects used and expired tokens without a code: no published code covers them. */
function useToken(state: StripeState, intent: Intent, id: string): Stripe.PaymentMethod {
  const stored = state.confirmationToken(id)
  const { token } = stored
  if (token.payment_intent ?? token.setup_intent) {
    throw invalidRequest('This ConfirmationToken was already used.', { param: 'confirmation_token' }, true)
  }
  if (token.expires_at !== null && token.expires_at <= state.now()) {
    throw invalidRequest('This ConfirmationToken has expired.', { param: 'confirmation_token' }, true)
  }
  checkType(intent, stored.type)
  const used = intent.object === 'payment_intent' ? { payment_intent: intent.id } : { setup_intent: intent.id }
  state.journal.put('confirmation_tokens', id, { ...stored, token: { ...token, ...used } })
  return state.newPaymentMethod(stored.card, stored)
}

type CardOptions =
  { card?: { stored_credential_usage?: string; request_three_d_secure?: string | null } } | null | undefined

// Since 2026-09-30.endive every intent accepts the dashboard's methods. Whether a list with only `card` lifts the rule
// is not published: github.com/woocommerce/woocommerce-gateway-stripe/issues/2982,
// github.com/aschmelyun/laravel-vue-stripe-cashier/issues/4.
function checkReturnUrl(state: StripeState, intent: Intent, input: Input): void {
  const token =
    typeof input.confirmation_token === 'string' ? state.confirmationToken(input.confirmation_token).token : null
  if (input.return_url ?? token?.return_url) return
  const kind = intent.object === 'payment_intent' ? 'Payment Intent' : 'Setup Intent'
  throw invalidRequest(
    `A \`return_url\` must be specified because this ${kind} is configured to automatically accept the payment ` +
      `methods enabled in the Dashboard, some of which may require a full page redirect to succeed. If you do not ` +
      `want to accept redirect-based payment methods, set \`automatic_payment_methods[enabled]\` to \`true\` and ` +
      `\`automatic_payment_methods[allow_redirects]\` to \`never\` when creating Setup Intents and Payment ` +
      `Intents.`,
  )
}

/**
 * The published types say "Currently unsupported with the `setup_future_usage` parameter". The value on the intent
 * counts too.
 */
function checkStoredCredential(intent: Stripe.PaymentIntent, input: Input): void {
  const usage =
    (input.payment_method_options as CardOptions)?.card?.stored_credential_usage ??
    (intent.payment_method_options as CardOptions)?.card?.stored_credential_usage
  const param = 'payment_method_options[card][stored_credential_usage]'
  if (usage && (input.setup_future_usage ?? intent.setup_future_usage))
    throw invalidRequest('stored_credential_usage is not supported with setup_future_usage.', { param })
}

/** Rejects what the vendor rejects before it contacts the bank. */
function checkConfirmable(state: StripeState, intent: Intent, input: Input): void {
  if (!confirmable.has(intent.status)) {
    const kind = intent.object === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent'
    // github.com/stripe-archive/stripe-payments-demo/issues/133
    const why =
      intent.status === 'succeeded'
        ? 'it has already succeeded after being previously confirmed'
        : `it has a status of ${intent.status}`
    const details = { code: `${intent.object}_unexpected_state`, [intent.object]: intent }
    throw invalidRequest(`You cannot confirm this ${kind} because ${why}.`, details, true)
  }
  checkReturnUrl(state, intent, input)
  if (intent.object === 'payment_intent') checkStoredCredential(intent, input)
  const keptForLater = intent.object === 'payment_intent' ? intent.setup_future_usage : null
  if (input.off_session !== undefined && (input.setup_future_usage ?? keptForLater)) {
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

// github.com/opencollective/opencollective/issues/5997. No code is published.
function checkCharging(state: StripeState): void {
  if (state.journal.get<boolean>('settings', 'charges_enabled') ?? true) return
  throw invalidRequest(
    'This Connect account cannot currently make live charges. The `requirements.disabled_reason` property on the ' +
      'account will provide information about why this account is currently disabled. If you are a customer trying ' +
      'to make a purchase, please contact the owner of this site. Your transaction has not been processed.',
    {},
    true,
  )
}

// No code and no param: recorded responses have only the message (github.com/flutter-stripe/flutter_stripe/issues/379).
function checkOwner(intent: Intent, method: Stripe.PaymentMethod): void {
  if (method.customer === null || method.customer === intent.customer) return
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached ` +
      `to the customer.`,
  )
}

// github.com/Automattic/woocommerce-payments/issues/10574. Recorded responses for PaymentIntents have no code (pull
// request 7026 in the same repository).
function checkType(intent: Intent, type: string): void {
  const allowed: string[] = intent.allowed_payment_method_types ?? ['card']
  if (allowed.includes(type)) return
  const [kind, details] =
    intent.object === 'payment_intent'
      ? ['PaymentIntent', {}]
      : ['SetupIntent', { code: 'setup_intent_invalid_parameter' }]
  throw invalidRequest(
    `The PaymentMethod provided (${type}) is not allowed for this ${kind}. Please attach a PaymentMethod of one ` +
      `of the following types: ${allowed.join(', ')}. Alternatively update the allowed payment_method_types for ` +
      `this ${kind} to include "${type}".`,
    details,
    true,
  )
}

/** The decline for a bank that requires the customer when the customer is absent. */
const authenticationRequired: Decline = { code: 'authentication_required', decline_code: 'authentication_required' }

/** Returns whether the bank requires the absent customer. A requested challenge requires the customer too. */
function requiresAbsentCustomer(
  state: StripeState,
  card: TestCard,
  method: Stripe.PaymentMethod,
  isRequested: boolean,
) {
  const { challenge } = card
  return challenge === 'always' || (challenge === 'unless_set_up' && !state.isSetUp(method.id)) || isRequested
}

/** Returns the intent's card options, merged with those of this confirmation. */
function optionsOf(intent: Stripe.PaymentIntent, input: Input): Stripe.PaymentIntent['payment_method_options'] {
  const given = (input.payment_method_options as CardOptions)?.card
  const kept = (intent.payment_method_options as CardOptions)?.card
  const stored_credential_usage = given?.stored_credential_usage ?? kept?.stored_credential_usage
  const request_three_d_secure = requestOf(intent, input)
  if (!stored_credential_usage && request_three_d_secure === 'automatic') return intent.payment_method_options
  const rest = { installments: null, mandate_options: null, network: null, request_three_d_secure }
  return { card: { ...rest, ...(stored_credential_usage ? { stored_credential_usage } : {}) } }
}

/** Returns the requested use of 3-D Secure, from this confirmation or the intent. */
const requestOf = (intent: Intent, input: Input): string =>
  (input.payment_method_options as CardOptions)?.card?.request_three_d_secure ??
  (intent.payment_method_options as CardOptions)?.card?.request_three_d_secure ??
  'automatic'

// docs.stripe.com/payments/3d-secure/authentication-flow#manual-three-ds: if the card does not support 3-D Secure, the
// payment proceeds without it.
const isRequested = (intent: Intent, input: Input, { asksOnRequest }: TestCard): boolean =>
  asksOnRequest === true && requestOf(intent, input) !== 'automatic'

/** Confirms a PaymentIntent: it succeeds, requires the customer's action, or is declined and can be confirmed again. */
export function confirmPayment(
  state: StripeState,
  intent: Stripe.PaymentIntent,
  input: Input,
  forced?: Decline,
): Stripe.PaymentIntent {
  checkConfirmable(state, intent, input)
  checkCharging(state)
  const method = submittedMethod(state, intent, input)
  checkOwner(intent, method)
  checkType(intent, method.type)
  const card = state.cardOf(method)
  const absent = input.off_session !== undefined
  const tried = {
    ...intent,
    setup_future_usage: (input.setup_future_usage ??
      intent.setup_future_usage) as Stripe.PaymentIntent['setup_future_usage'],
    payment_method_options: optionsOf(intent, input),
  }
  const requested = isRequested(intent, input, card)
  const wanted = absent && requiresAbsentCustomer(state, card, method, requested) ? authenticationRequired : undefined
  const declined = forced ?? card.decline ?? wanted
  if (declined) throw decline(state, tried, method, declined)
  if (card.processes) return process(state, tried, method)
  const asks = card.challenge !== undefined || requested
  return asks && !absent ? requireAction(state, tried, method, input) : pay(state, tried, method)
}

/** Confirms a SetupIntent: saves its payment method, requires the customer's action, or is declined. */
export function confirmSetup(
  state: StripeState,
  intent: Stripe.SetupIntent,
  input: Input,
  forced?: Decline,
): Stripe.SetupIntent {
  checkConfirmable(state, intent, input)
  const method = submittedMethod(state, intent, input)
  checkOwner(intent, method)
  checkType(intent, method.type)
  const card = state.cardOf(method)
  const declined = forced ?? (card.cannotBeSaved ? card.decline : undefined)
  if (declined) throw decline(state, intent, method, declined)
  const asks = card.challenge === 'always' || card.challenge === 'unless_set_up' || isRequested(intent, input, card)
  return asks ? requireAction(state, intent, method, input) : save(state, intent, method)
}
