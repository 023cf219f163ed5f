import type Stripe from 'stripe'
import { chargeView } from './charge-view.ts'
import type { TestCard } from './cards.ts'
import { invalidRequest } from '../errors.ts'
import { requireText, type Input } from '../input.ts'
import { newRefund } from './objects.ts'
import type { LedgerCharge, StripeState } from './state.ts'

/** The later outcome of a refund. docs.stripe.com/testing says "some time later"; here after two days. */
interface Later {
  at: number
  behavior: TestCard['refund'] & string
}
const days = (n: number) => n * 86_400

export function createRefund(state: StripeState, input: Input): Stripe.Refund {
  const intent = state.paymentIntent(requireText(input, 'payment_intent'), 'payment_intent')
  const charge = state.journal.list<LedgerCharge>('charges', ({ payment_intent }) => payment_intent === intent.id)[0]
  if (!charge)
    throw invalidRequest(
      'This PaymentIntent does not have a successful charge to refund.',
      { code: 'payment_intent_unexpected_state' },
      true,
    )
  const amount = input.amount === undefined ? charge.amount - charge.refunded_amount : Number(input.amount)
  if (charge.refunded_amount === charge.amount)
    throw invalidRequest('Charge has already been refunded.', { code: 'charge_already_refunded' }, true)
  // As recorded in github.com/cloudronin/seahaven. A won dispute makes the charge refundable again.
  if (charge.disputed)
    throw invalidRequest(
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      { code: 'charge_disputed' },
      true,
    )
  if (amount > charge.amount - charge.refunded_amount)
    throw invalidRequest('Refund amount is greater than unrefunded amount on charge.', { param: 'amount' }, true)
  const made = newRefund(state.newId('re'), state.now(), charge, amount, (input.metadata ?? {}) as Stripe.Metadata)
  const { refund: behavior } = state.cardOf(state.paymentMethod(intent.payment_method as string))
  const refund = behavior === 'succeeds_later' ? { ...made, status: 'pending' } : made
  if (behavior) state.journal.put('later', refund.id, { at: state.now() + days(2), behavior } satisfies Later)
  const returned = { ...charge, refunded_amount: charge.refunded_amount + amount }
  state.journal.put('charges', charge.id, returned)
  state.journal.put('refunds', refund.id, refund)
  state.happened('charge.refunded', chargeView(returned))
  return refund
}

/** Completes the refunds that are due. Returns the resulting events. */
export function endRefunds(state: StripeState): { type: string; object: Stripe.Refund }[] {
  return state.journal.list<Stripe.Refund>('refunds').flatMap((refund) => {
    const later = state.journal.get<Later>('later', refund.id)
    if (!later || later.at > state.now()) return []
    state.journal.remove('later', refund.id)
    return [later.behavior === 'fails_later' ? fail(state, refund) : succeed(state, refund)]
  })
}

function succeed(state: StripeState, refund: Stripe.Refund) {
  const object: Stripe.Refund = { ...refund, status: 'succeeded' }
  state.journal.put('refunds', refund.id, object)
  return { type: 'refund.updated', object }
}

/** Fails a refund: the money is back with the merchant. */
function fail(state: StripeState, refund: Stripe.Refund) {
  const object: Stripe.Refund = { ...refund, status: 'failed', failure_reason: 'expired_or_canceled_card' }
  const charge = state.find<LedgerCharge>('charges', 'charge', refund.charge as string)
  state.journal.put('charges', charge.id, { ...charge, refunded_amount: charge.refunded_amount - refund.amount })
  state.journal.put('refunds', refund.id, object)
  return { type: 'refund.failed', object }
}
