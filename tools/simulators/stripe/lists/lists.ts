import type Stripe from 'stripe'
import type { Input } from '../input.ts'
import { isCreatedIn, pageOf } from '../page-of.ts'
import { chargeView } from '../behavior/charge-view.ts'
import type { FailedCharge, LedgerCharge, StripeState } from '../behavior/state.ts'

// Lists, newest first (docs.stripe.com/api/pagination). What is new appears after the seconds of the setting
// `listed_after`, which the vendor does not publish: a program must not depend on seeing it at once.

interface Listed {
  id: string
  created: number
  payment_intent: string | { id: string } | null
}

type Filter = (one: Listed) => boolean

/** Returns a condition on what the parameters and the time of the call show. */
function shownBy(state: StripeState, { payment_intent, created }: Input): Filter {
  // What belongs to one object is read by id, at once.
  const until = payment_intent === undefined ? shownUntil(state) : Infinity
  return (one) =>
    (payment_intent === undefined || one.payment_intent === payment_intent) &&
    one.created <= until &&
    isCreatedIn(one.created, created)
}

/** Returns the time up to which lists show what was created, in seconds. */
export const shownUntil = (state: StripeState): number =>
  state.now() - (state.journal.get<number>('settings', 'listed_after') ?? 0)

/** Sets after how many seconds lists show what is new. */
export const setListedAfter = ({ journal }: StripeState, seconds: number): void =>
  journal.put('settings', 'listed_after', seconds)

const newestFirst = <T extends Listed>(found: T[]) => found.reverse().sort((a, b) => b.created - a.created)

/** Lists PaymentIntents. */
export function listPaymentIntents(state: StripeState, input: Input): Stripe.ApiList<Stripe.PaymentIntent> {
  const isShown = shownBy(state, input)
  const all = state.journal.view<Stripe.PaymentIntent>('payment_intents', (intent) =>
    isShown({ ...intent, payment_intent: intent.id }),
  )
  const { data, has_more } = pageOf(all.reverse(), input)
  return { object: 'list', data: structuredClone(data), has_more, url: '/v1/payment_intents' }
}

/** Lists charges, including failed ones (docs.stripe.com/api/charges/list). */
export function listCharges(state: StripeState, input: Input): Stripe.ApiList<Stripe.Charge> {
  const isShown = shownBy(state, input)
  const failed = state.journal.view<FailedCharge>('failed_charges', isShown)
  const all = newestFirst([...failed, ...state.journal.view<LedgerCharge>('charges', isShown)])
  const { data, has_more } = pageOf(all, input)
  return { object: 'list', data: data.map((one) => chargeView(structuredClone(one))), has_more, url: '/v1/charges' }
}

/** Lists refunds. */
export function listRefunds(state: StripeState, input: Input): Stripe.ApiList<Stripe.Refund> {
  const isShown = shownBy(state, input)
  const all = state.journal.view<Stripe.Refund>('refunds', (refund) => isShown(refund))
  const { data, has_more } = pageOf(newestFirst(all), input)
  return { object: 'list', data: structuredClone(data), has_more, url: '/v1/refunds' }
}

/** Lists disputes. */
export function listDisputes(state: StripeState, input: Input): Stripe.ApiList<Stripe.Dispute> {
  const isShown = shownBy(state, input)
  const all = state.journal.view<Stripe.Dispute>('disputes', (dispute) => isShown(dispute))
  const { data, has_more } = pageOf(newestFirst(all), input)
  return { object: 'list', data: structuredClone(data), has_more, url: '/v1/disputes' }
}
