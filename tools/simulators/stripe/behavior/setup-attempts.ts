import type Stripe from 'stripe'
import { requireText, type Input } from '../input.ts'
import { pageOf } from '../page-of.ts'
import type { StripeState } from './state.ts'

const collection = 'setup_attempts'

/**
 * Records the outcome of a payment method on a SetupIntent. Returns the id of the attempt. A method completes its own
 * open attempt; another method abandons it (docs.stripe.com/api/setup_attempts).
 */
export function recordAttempt(
  state: StripeState,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  status: 'requires_action' | 'succeeded' | 'failed',
  setup_error: object | null = null,
): string {
  const latest = state.journal.get<Stripe.SetupAttempt>(collection, String(intent.latest_attempt))
  const isOpen = latest?.status === 'requires_action'
  if (isOpen && latest.payment_method === method.id) {
    state.journal.put(collection, latest.id, { ...latest, status, setup_error })
    return latest.id
  }
  if (isOpen) state.journal.put(collection, latest.id, { ...latest, status: 'abandoned' })
  const attempt = {
    id: state.newId('setatt'),
    object: 'setup_attempt',
    application: null,
    created: state.now(),
    customer: intent.customer,
    customer_account: null,
    flow_directions: null,
    livemode: false,
    on_behalf_of: null,
    payment_method: method.id,
    payment_method_details: detailsOf(method),
    setup_error,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  }
  state.journal.put(collection, attempt.id, attempt)
  return attempt.id
}

function detailsOf({ card }: Stripe.PaymentMethod): Stripe.SetupAttempt.PaymentMethodDetails {
  if (!card) return { type: 'link', link: {} }
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = card
  const shown = { brand, checks, country, exp_month, exp_year, fingerprint: fingerprint ?? null, funding, last4 }
  return { type: 'card', card: { ...shown, network: brand, three_d_secure: null, wallet: null } }
}

/** Lists a SetupIntent's attempts, newest first. */
export function listSetupAttempts(state: StripeState, input: Input): Stripe.ApiList<Stripe.SetupAttempt> {
  const intent = state.setupIntent(requireText(input, 'setup_intent'))
  const all = state.journal
    .list<Stripe.SetupAttempt>(collection, ({ setup_intent }) => setup_intent === intent.id)
    .reverse()
  return { object: 'list', ...pageOf(all, input), url: '/v1/setup_attempts' }
}
