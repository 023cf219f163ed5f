import { z } from 'zod'
import type { SimulatorApp } from '../../listen.ts'
import { noteEvent, type Controlled } from '../api/controls.ts'
import { declined, pay, save, type Intent } from '../behavior/outcomes.ts'
import type { StripeState } from '../behavior/state.ts'

export type BankAnswer = 'succeed' | 'fail' | 'cancel'

const order = z
  .object({
    payment_intent: z.string().optional(),
    setup_intent: z.string().optional(),
    outcome: z.enum(['succeed', 'fail', 'cancel']),
  })
  .refine((given) => Boolean(given.payment_intent) !== Boolean(given.setup_intent), {
    error: 'name a payment_intent or a setup_intent',
  })

/** Adds the customer's actions at the bank: by a call, or on the page that the simulated Stripe.js shows in a frame. */
export function addChallenge(
  app: SimulatorApp,
  { accounts, webhooks, log }: Pick<Controlled, 'accounts' | 'webhooks' | 'log'>,
): void {
  app.post('/_sim/authenticate', async (c) => {
    const { payment_intent, setup_intent, outcome } = order.parse(await c.req.json())
    const { state } = accounts.holding(payment_intent ?? setup_intent!)
    const intent = payment_intent ? state.paymentIntent(payment_intent) : state.setupIntent(setup_intent!)
    if (intent.status !== 'requires_action' && intent.status !== 'processing')
      return c.json({ error: `the bank asks for nothing: ${intent.status}` }, 409)
    const answered = authenticate(state, intent, outcome)
    const failed = { payment_intent: 'payment_intent.payment_failed', setup_intent: 'setup_intent.setup_failed' }
    const type = answered.status === 'succeeded' ? `${answered.object}.succeeded` : failed[answered.object]
    noteEvent(log, state, type, [...webhooks.emitHappened(state), ...webhooks.emit(state, type, answered)])
    return c.json({ status: answered.status })
  })
  app.get('/_sim/challenge', (c) => {
    const { id, client_secret, key, stripe_account } = c.req.query()
    const { state } = accounts.holding(id ?? '')
    // A client secret is of the account of its key, or of the connected account that Stripe.js acts for.
    const { account } = accounts.callerOf(`Bearer ${key}`, '', stripe_account || undefined)
    if (account.state !== state)
      return c.json({ error: `No such ${id?.startsWith('pi_') ? 'payment' : 'setup'}_intent` }, 404)
    const intent = id?.startsWith('pi_') ? state.paymentIntent(id) : state.setupIntent(id ?? '')
    if (intent.client_secret !== client_secret) return c.json({ error: 'not the client secret' }, 404)
    return c.json({ object: intent.object, status: intent.status })
  })
}

/**
 * Ends a challenge, or a payment that the bank processes. The vendor treats a cancellation as a failure too: the intent
 * requires another payment method.
 */
function authenticate(state: StripeState, intent: Intent, outcome: BankAnswer): Intent {
  const method = state.paymentMethod(intent.payment_method as string)
  if (intent.status === 'processing' && outcome !== 'succeed')
    return declined(state, intent, method, { code: 'card_declined', decline_code: 'generic_decline' })
  if (outcome !== 'succeed') return declined(state, intent, method, { code: `${intent.object}_authentication_failure` })
  if (intent.object === 'setup_intent') return save(state, intent, method)
  const reason = state.cardOf(method).declineAfterChallenge
  return reason ? declined(state, intent, method, reason) : pay(state, intent, method)
}
