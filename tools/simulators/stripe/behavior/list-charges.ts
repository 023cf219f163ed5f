import type Stripe from 'stripe'
import { chargeView } from './charge-view.ts'
import { requireText, type Input } from '../input.ts'
import { pageOf } from '../page-of.ts'
import type { FailedCharge, LedgerCharge, StripeState } from './state.ts'

/** Lists a PaymentIntent's charges, including failed ones, newest first (docs.stripe.com/api/charges/list). */
export function listCharges({ journal }: StripeState, input: Input): Stripe.ApiList<Stripe.Charge> {
  const intent = requireText(input, 'payment_intent')
  const isOfIntent = ({ payment_intent }: { payment_intent: string }) => payment_intent === intent
  const failed = journal.list<FailedCharge>('failed_charges', isOfIntent)
  const all = [...failed, ...journal.list<LedgerCharge>('charges', isOfIntent)].reverse()
  const { data, has_more } = pageOf(all, input)
  return { object: 'list', data: data.map(chargeView), has_more, url: '/v1/charges' }
}
