import type Stripe from 'stripe'
import { confirmPayment, confirmSetup } from '../behavior/confirm.ts'
import { accountCalls } from './account-calls.ts'
import type { Call } from './call.ts'
import { customerCalls } from './customer-calls.ts'
import { domainCalls } from './domain-calls.ts'
import { endpointCalls } from './endpoint-calls.ts'
import { cancel, createPaymentIntent, createSetupIntent, updateMetadata, updateReceipt } from '../behavior/intents.ts'
import { missing } from '../errors.ts'
import { listCalls } from './list-calls.ts'
import { createRefund } from '../behavior/refunds.ts'
import { attachMethod, detach } from '../behavior/saved-methods.ts'
import { listSetupAttempts } from '../behavior/setup-attempts.ts'
import { createConfirmationToken } from '../behavior/tokens.ts'

const statusEvent = (answer: unknown) => {
  const { object, status } = answer as { object: string; status: string }
  const names: Record<string, string> = {
    'payment_intent succeeded': 'payment_intent.succeeded',
    'payment_intent processing': 'payment_intent.processing',
    'payment_intent canceled': 'payment_intent.canceled',
    'payment_intent requires_action': 'payment_intent.requires_action',
    'setup_intent succeeded': 'setup_intent.succeeded',
    'setup_intent canceled': 'setup_intent.canceled',
    'setup_intent requires_action': 'setup_intent.requires_action',
  }
  return names[`${object} ${status}`]
}

/** Returns a payment. Throws if a client secret is given that is not its own. */
function readWithSecret(intent: Stripe.PaymentIntent, given: unknown): Stripe.PaymentIntent {
  if (given === undefined || given === intent.client_secret) return intent
  throw missing('payment_intent', intent.id, 'intent')
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
const paymentParams = [...intentParams, 'receipt_email', 'statement_descriptor_suffix']
const confirmParams = [
  'confirmation_token',
  'payment_method',
  'use_stripe_sdk',
  'return_url',
  'expand',
  'amount_to_confirm',
  'off_session',
  'setup_future_usage',
  'payment_method_options',
]

/** The part of the vendor's API that we use. */
export const calls: Call[] = [
  ...customerCalls,
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
  {
    method: 'POST',
    path: '/v1/payment_intents',
    params: paymentParams,
    run: createPaymentIntent,
    event: () => 'payment_intent.created',
  },
  {
    method: 'GET',
    path: '/v1/payment_intents/:id',
    params: ['expand', 'client_secret'],
    readable: true,
    run: (state, { client_secret }, id) => readWithSecret(state.paymentIntent(id), client_secret),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id',
    params: ['receipt_email', 'expand'],
    run: (state, input, id) => updateReceipt(state, state.paymentIntent(id), input),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/confirm',
    params: confirmParams,
    run: (state, input, id, forced) => confirmPayment(state, state.paymentIntent(id), input, forced),
    event: statusEvent,
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/cancel',
    params: ['cancellation_reason', 'expand'],
    run: (state, _input, id) => cancel(state, 'payment_intents', state.paymentIntent(id)),
    event: statusEvent,
  },
  {
    method: 'POST',
    path: '/v1/setup_intents',
    params: [...intentParams, 'payment_method_options'],
    run: createSetupIntent,
    event: () => 'setup_intent.created',
  },
  {
    method: 'GET',
    path: '/v1/setup_intents/:id',
    params: ['expand', 'client_secret'],
    run: (state, _input, id) => state.setupIntent(id),
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id',
    params: ['metadata', 'expand'],
    run: (state, input, id) => updateMetadata(state, state.setupIntent(id), input),
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id/confirm',
    params: confirmParams,
    run: (state, input, id, forced) => confirmSetup(state, state.setupIntent(id), input, forced),
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
    path: '/v1/setup_attempts',
    params: ['setup_intent', 'limit', 'starting_after', 'expand'],
    run: listSetupAttempts,
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    params: ['expand'],
    run: (state, _input, id) => state.paymentMethod(id),
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
  ...listCalls,
  ...domainCalls,
  ...accountCalls,
  ...endpointCalls,
]

/** Finds the call that a request makes, with the id in its path. */
export function findCall(method: string, path: string): { call: Call; id: string } | undefined {
  for (const call of calls) {
    const match = call.method === method && new RegExp(`^${call.path.replace(':id', '([^/]+)')}$`).exec(path)
    if (match) return { call, id: match[1] ?? '' }
  }
  return undefined
}
