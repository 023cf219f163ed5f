import type Stripe from 'stripe'
import { invalidRequest, StripeAnswer } from '../errors.ts'
import { requireText, type Input } from '../input.ts'
import type { StripeState } from './state.ts'

// Without code and param, as in a recorded response of the live API (github.com/cloudronin/seahaven,
// 2026-08-26.dahlia). github.com/stripe-ruby-mock/stripe-ruby-mock/issues/751 has the same message.
export function detach(state: StripeState, id: string): Stripe.PaymentMethod {
  const method = state.paymentMethod(id)
  if (method.customer === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      {},
      true,
    )
  }
  const detached = { ...method, customer: null }
  state.journal.put('payment_methods', id, detached)
  state.markUsed(id)
  forgetDefault(state, method)
  return detached
}

/** A detached method is no longer its customer's default. */
function forgetDefault(state: StripeState, { id, customer: owner }: Stripe.PaymentMethod): void {
  const customer = state.journal.get<Stripe.Customer>('customers', String(owner))
  if (customer?.invoice_settings?.default_payment_method !== id) return
  const settings = { ...customer.invoice_settings, default_payment_method: null }
  state.journal.put('customers', customer.id, { ...customer, invoice_settings: settings })
}

/** Deletes a customer and detaches its payment methods. */
export function deleteCustomer(state: StripeState, _input: Input, id: string): Stripe.DeletedCustomer {
  state.customer(id, 'id')
  for (const method of state.journal.list<Stripe.PaymentMethod>('payment_methods', ({ customer }) => customer === id)) {
    state.journal.put('payment_methods', method.id, { ...method, customer: null })
    state.markUsed(method.id)
  }
  const deleted = { id, object: 'customer' as const, deleted: true as const }
  state.journal.put('customers', id, deleted)
  return deleted
}

export function attachMethod(state: StripeState, id: string, input: Input): Stripe.PaymentMethod {
  const customer = state.customer(requireText(input, 'customer'))
  const method = state.paymentMethod(id)
  // github.com/stripe/stripe-php/issues/1221
  if (state.isUsed(method.id))
    throw invalidRequest(
      'This PaymentMethod was previously used without being attached to a Customer or was detached from a ' +
        'Customer, and may not be used again.',
      {},
      true,
    )
  const { cannotBeSaved, decline } = state.cardOf(method)
  if (cannotBeSaved)
    throw new StripeAnswer(402, { type: 'card_error', ...decline, message: 'Your card was declined.' }, true)
  const attached = { ...method, customer: customer.id }
  state.journal.put('payment_methods', method.id, attached)
  state.happened('payment_method.attached', attached)
  return attached
}
