import type Stripe from 'stripe'
import { requireMoney } from './amounts.ts'
import { invalidRequest } from '../errors.ts'
import { checkDescriptor, checkEmail, requireText, type Input } from '../input.ts'
import { newPaymentIntent, newSetupIntent } from './objects.ts'
import type { StripeState } from './state.ts'

export function createPaymentIntent(state: StripeState, input: Input): Stripe.PaymentIntent {
  state.customer(requireText(input, 'customer'))
  const money = requireMoney(input)
  checkEmail(input, 'receipt_email')
  checkDescriptor(input, 'statement_descriptor_suffix')
  const intent = newPaymentIntent(state.newId('pi'), state.newId('s'), state.now(), {
    ...input,
    types: state.enabledTypes(),
    ...money,
  })
  state.journal.put('payment_intents', intent.id, intent)
  return intent
}

export function createSetupIntent(state: StripeState, input: Input): Stripe.SetupIntent {
  state.customer(requireText(input, 'customer'))
  const intent = newSetupIntent(state.newId('seti'), state.newId('s'), state.now(), {
    ...input,
    types: state.enabledTypes(),
  })
  state.journal.put('setup_intents', intent.id, intent)
  return intent
}

/** Updates the given metadata. An empty value removes a key; other keys stay. */
export function updateMetadata(state: StripeState, intent: Stripe.SetupIntent, input: Input): Stripe.SetupIntent {
  const merged = { ...intent.metadata, ...(input.metadata as Stripe.Metadata | undefined) }
  const metadata = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''))
  const updated = { ...intent, metadata }
  state.journal.put('setup_intents', intent.id, updated)
  return updated
}

// docs.stripe.com/api/payment_intents/update: an empty value clears the address.
export function updateReceipt(
  state: StripeState,
  intent: Stripe.PaymentIntent,
  { receipt_email: email }: Input,
): Stripe.PaymentIntent {
  const updated = { ...intent, receipt_email: email === '' ? null : String(email) }
  state.journal.put('payment_intents', intent.id, updated)
  return updated
}

export function cancel(
  state: StripeState,
  collection: 'payment_intents' | 'setup_intents',
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
) {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    const kind = intent.object === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent'
    const statuses = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'processing']
    // github.com/exercism/website/issues/7062
    throw invalidRequest(
      `You cannot cancel this ${kind} because it has a status of ${intent.status}. Only a ${kind} with one of ` +
        `the following statuses may be canceled: ${statuses.join(', ')}.`,
      { code: `${intent.object}_unexpected_state`, [intent.object]: intent },
      true,
    )
  }
  const canceled = {
    ...intent,
    status: 'canceled' as const,
    next_action: null,
    ...(intent.object === 'payment_intent' ? { canceled_at: state.now() } : {}),
  }
  state.journal.put(collection, intent.id, canceled)
  return canceled
}
