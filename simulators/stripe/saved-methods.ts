import type Stripe from 'stripe'
import { invalidRequest, StripeAnswer } from './errors.ts'
import { requireText, type Input } from './input.ts'
import type { StripeState } from './state.ts'

export function detach(state: StripeState, id: string): Stripe.PaymentMethod {
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

/** The customer's methods go with it. */
export function deleteCustomer(state: StripeState, _input: Input, id: string): Stripe.DeletedCustomer {
  state.customer(id, 'id')
  for (const method of state.journal.list<Stripe.PaymentMethod>('payment_methods'))
    if (method.customer === id) state.journal.put('payment_methods', method.id, { ...method, customer: null })
  const deleted = { id, object: 'customer' as const, deleted: true as const }
  state.journal.put('customers', id, deleted)
  return deleted
}

export function attachMethod(state: StripeState, id: string, input: Input): Stripe.PaymentMethod {
  const customer = state.customer(requireText(input, 'customer'))
  const method = state.paymentMethod(id)
  const { cannotBeSaved, decline } = state.cardOf(method)
  if (cannotBeSaved)
    throw new StripeAnswer(402, { type: 'card_error', ...decline, message: 'Your card was declined.' }, true)
  const attached = { ...method, customer: customer.id }
  state.journal.put('payment_methods', method.id, attached)
  return attached
}
