import type Stripe from 'stripe'
import type { LedgerCharge, StripeState } from '../behavior/state.ts'

/**
 * Copies a paid PaymentIntent and its charge `count` times, as of now: many payments of which nobody wants to wait for
 * each. The PaymentIntents are called `names` and a number from 1, their charges `ch_of_` and that.
 */
export function copyPaid(state: StripeState, id: string, names: string, count: number): void {
  const intent = state.paymentIntent(id)
  const charge = state.find<LedgerCharge>('charges', 'charge', intent.latest_charge as string)
  const created = state.now()
  for (let number = 1; number <= count; number++) {
    const copy = { id: `ch_of_${names}${number}`, payment_intent: `${names}${number}` }
    state.journal.put('charges', copy.id, { ...charge, ...copy, created } satisfies LedgerCharge)
    const paid: Stripe.PaymentIntent = { ...intent, id: copy.payment_intent, latest_charge: copy.id, created }
    state.journal.put('payment_intents', paid.id, paid)
  }
}
