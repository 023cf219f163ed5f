import type Stripe from 'stripe'
import { tokenOfNumber } from './cards.ts'
import { confirmPayment, confirmSetup } from './confirm.ts'
import { invalidRequest, StripeAnswer } from './errors.ts'
import { newCustomer, newPaymentIntent, newRefund, newSetupIntent } from './objects.ts'
import type { LedgerCharge, StripeState, StoredToken } from './state.ts'

type Input = Record<string, unknown>

export interface Call {
  method: 'GET' | 'POST'
  /** With `:id` for the object's id. */
  path: string
  /** Parameters that the vendor knows and that we use; any other is refused as unknown. */
  params: string[]
  /** Whether a publishable key may call it. */
  publishable?: boolean
  run(state: StripeState, input: Input, id: string, forced?: { code: string; decline_code?: string }): unknown
  /** The event that the vendor sends when it is done. */
  event?: (answer: unknown) => string | undefined
}

const statusEvent = (answer: unknown) => {
  const { object, status } = answer as { object: string; status: string }
  const names: Record<string, string> = {
    'payment_intent succeeded': 'payment_intent.succeeded',
    'payment_intent canceled': 'payment_intent.canceled',
    'payment_intent requires_action': 'payment_intent.requires_action',
    'setup_intent succeeded': 'setup_intent.succeeded',
    'setup_intent canceled': 'setup_intent.canceled',
    'setup_intent requires_action': 'setup_intent.requires_action',
  }
  return names[`${object} ${status}`]
}

function expandMethod<T extends Stripe.PaymentIntent | Stripe.SetupIntent>(
  state: StripeState,
  intent: T,
  input: Input,
): T {
  const wanted = Array.isArray(input.expand) && input.expand.includes('payment_method')
  return wanted && typeof intent.payment_method === 'string'
    ? { ...intent, payment_method: state.paymentMethod(intent.payment_method) }
    : intent
}

function requireText(input: Input, name: string): string {
  const value = input[name]
  if (typeof value !== 'string' || value === '')
    throw invalidRequest(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
  return value
}

function requireAmount(input: Input): number {
  const amount = Number(requireText(input, 'amount'))
  if (!Number.isInteger(amount) || amount < 50)
    throw invalidRequest('Amount must be at least $0.50 usd', { code: 'amount_too_small', param: 'amount' })
  return amount
}

function createPaymentIntent(state: StripeState, input: Input): Stripe.PaymentIntent {
  state.customer(requireText(input, 'customer'))
  const currency = requireText(input, 'currency')
  const intent = newPaymentIntent(state.newId('pi'), state.newId('s'), state.now(), {
    ...input,
    currency,
    amount: requireAmount(input),
  })
  state.journal.put('payment_intents', intent.id, intent)
  return intent
}

function createSetupIntent(state: StripeState, input: Input): Stripe.SetupIntent {
  state.customer(requireText(input, 'customer'))
  const intent = newSetupIntent(state.newId('seti'), state.newId('s'), state.now(), input)
  state.journal.put('setup_intents', intent.id, intent)
  return intent
}

function cancel(
  state: StripeState,
  collection: 'payment_intents' | 'setup_intents',
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
) {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw invalidRequest(
      `You cannot cancel this object because it has a status of ${intent.status}.`,
      { code: `${intent.object}_unexpected_state` },
      true,
    )
  }
  const canceled = {
    ...intent,
    status: 'canceled' as const,
    ...(intent.object === 'payment_intent' ? { canceled_at: state.now() } : {}),
  }
  state.journal.put(collection, intent.id, canceled)
  return canceled
}

function createRefund(state: StripeState, input: Input): Stripe.Refund {
  const intent = state.paymentIntent(requireText(input, 'payment_intent'))
  const charge = state.journal.list<LedgerCharge>('charges').find(({ payment_intent }) => payment_intent === intent.id)
  if (!charge)
    throw invalidRequest(
      'This PaymentIntent does not have a successful charge to refund.',
      { code: 'payment_intent_unexpected_state' },
      true,
    )
  const amount = input.amount === undefined ? charge.amount - charge.refunded_amount : Number(input.amount)
  if (charge.refunded_amount === charge.amount)
    throw invalidRequest('Charge has already been refunded.', { code: 'charge_already_refunded' }, true)
  if (amount > charge.amount - charge.refunded_amount)
    throw invalidRequest('Refund amount is greater than unrefunded amount on charge.', { param: 'amount' }, true)
  const refund = newRefund(state.newId('re'), state.now(), charge, amount, (input.metadata ?? {}) as Stripe.Metadata)
  state.journal.put('charges', charge.id, { ...charge, refunded_amount: charge.refunded_amount + amount })
  state.journal.put('refunds', refund.id, refund)
  return refund
}

function createConfirmationToken(state: StripeState, input: Input): Stripe.ConfirmationToken {
  const data = input.payment_method_data as { card?: { number?: string } } | undefined
  const number = data?.card?.number
  const card = number === undefined ? (input.payment_method as string | undefined) : tokenOfNumber(number)
  if (!card)
    throw new StripeAnswer(402, {
      type: 'card_error',
      code: 'incorrect_number',
      message: 'Your card number is incorrect.',
      param: 'number',
    })
  const created = state.now()
  const token: Stripe.ConfirmationToken = {
    id: state.newId('ctoken'),
    object: 'confirmation_token',
    created,
    expires_at: created + 12 * 3600,
    livemode: false,
    mandate_data: null,
    metadata: {},
    payment_intent: null,
    payment_method_options: null,
    payment_method_preview: null,
    return_url: (input.return_url as string | undefined) ?? null,
    setup_future_usage: 'off_session',
    setup_intent: null,
    shipping: null,
    use_stripe_sdk: true,
  }
  state.journal.put('confirmation_tokens', token.id, { token, card } satisfies StoredToken)
  return token
}

function detach(state: StripeState, id: string): Stripe.PaymentMethod {
  const method = state.paymentMethod(id)
  if (method.customer === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      { param: 'payment_method', code: 'payment_method_unexpected_state' },
      true,
    )
  }
  const detached = { ...method, customer: null }
  state.journal.put('payment_methods', id, detached)
  return detached
}

function expandCustomer(state: StripeState, id: string, input: Input): Stripe.PaymentMethod {
  const method = state.paymentMethod(id)
  const wanted = Array.isArray(input.expand) && input.expand.includes('customer')
  return wanted && typeof method.customer === 'string'
    ? { ...method, customer: state.customer(method.customer) }
    : method
}

function attachMethod(state: StripeState, id: string, input: Input): Stripe.PaymentMethod {
  const customer = state.customer(requireText(input, 'customer'))
  const method = state.paymentMethod(id)
  const { cannotBeSaved, decline } = state.cardOf(method)
  if (cannotBeSaved)
    throw new StripeAnswer(402, { type: 'card_error', ...decline, message: 'Your card was declined.' }, true)
  const attached = { ...method, customer: customer.id }
  state.journal.put('payment_methods', method.id, attached)
  return attached
}

const intentParams = [
  'amount',
  'currency',
  'customer',
  'allowed_payment_method_types',
  'metadata',
  'expand',
  'description',
  'usage',
]
const confirmParams = [
  'confirmation_token',
  'payment_method',
  'use_stripe_sdk',
  'return_url',
  'expand',
  'amount_to_confirm',
  'off_session',
  'setup_future_usage',
]

/** The part of the vendor's API that we use. */
export const calls: Call[] = [
  {
    method: 'POST',
    path: '/v1/customers',
    params: ['metadata', 'description', 'email', 'name', 'expand'],
    run: (state, input) => {
      const customer = newCustomer(state.newId('cus'), state.now(), input)
      state.journal.put('customers', customer.id, customer)
      return customer
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    params: ['expand'],
    run: (state, _input, id) => state.customer(id, 'id'),
  },
  {
    method: 'POST',
    path: '/v1/confirmation_tokens',
    params: ['payment_method_data', 'return_url', 'setup_future_usage'],
    publishable: true,
    run: createConfirmationToken,
  },
  {
    method: 'POST',
    path: '/v1/test_helpers/confirmation_tokens',
    params: ['payment_method', 'payment_method_data', 'return_url', 'setup_future_usage'],
    run: createConfirmationToken,
  },
  {
    method: 'GET',
    path: '/v1/confirmation_tokens/:id',
    params: ['expand'],
    run: (state, _input, id) => state.confirmationToken(id).token,
  },
  { method: 'POST', path: '/v1/payment_intents', params: intentParams, run: createPaymentIntent },
  {
    method: 'GET',
    path: '/v1/payment_intents/:id',
    params: ['expand', 'client_secret'],
    run: (state, input, id) => expandMethod(state, state.paymentIntent(id), input),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/confirm',
    params: confirmParams,
    run: (state, input, id, forced) =>
      expandMethod(state, confirmPayment(state, state.paymentIntent(id), input, forced), input),
    event: statusEvent,
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/cancel',
    params: ['cancellation_reason', 'expand'],
    run: (state, _input, id) => cancel(state, 'payment_intents', state.paymentIntent(id)),
    event: statusEvent,
  },
  { method: 'POST', path: '/v1/setup_intents', params: intentParams, run: createSetupIntent },
  {
    method: 'GET',
    path: '/v1/setup_intents/:id',
    params: ['expand', 'client_secret'],
    run: (state, input, id) => expandMethod(state, state.setupIntent(id), input),
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id/confirm',
    params: confirmParams,
    run: (state, input, id, forced) =>
      expandMethod(state, confirmSetup(state, state.setupIntent(id), input, forced), input),
    event: statusEvent,
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id/cancel',
    params: ['cancellation_reason', 'expand'],
    run: (state, _input, id) => cancel(state, 'setup_intents', state.setupIntent(id)),
    event: statusEvent,
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    params: ['expand'],
    run: (state, input, id) => expandCustomer(state, id, input),
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/attach',
    params: ['customer', 'expand'],
    run: (state, input, id) => attachMethod(state, id, input),
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/detach',
    params: ['expand'],
    run: (state, _input, id) => detach(state, id),
    event: () => 'payment_method.detached',
  },
  {
    method: 'POST',
    path: '/v1/refunds',
    params: ['payment_intent', 'amount', 'metadata', 'reason', 'expand'],
    run: createRefund,
    event: () => 'refund.created',
  },
  {
    method: 'GET',
    path: '/v1/refunds/:id',
    params: ['expand'],
    run: (state, _input, id) => state.find('refunds', 'refund', id),
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    params: ['payment_intent', 'limit', 'expand'],
    run: (state, input) => {
      const data = state.journal
        .list<Stripe.Refund>('refunds')
        .filter((refund) => !input.payment_intent || refund.payment_intent === input.payment_intent)
      return { object: 'list', data: data.reverse(), has_more: false, url: '/v1/refunds' }
    },
  },
]

/** Finds the call that a request makes, with the id in its path. */
export function findCall(method: string, path: string): { call: Call; id: string } | undefined {
  for (const call of calls) {
    const match = call.method === method && new RegExp(`^${call.path.replace(':id', '([^/]+)')}$`).exec(path)
    if (match) return { call, id: match[1] ?? '' }
  }
  return undefined
}
