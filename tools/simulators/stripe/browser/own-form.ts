import { z } from 'zod'
import type { SimulatorApp } from '../../listen.ts'
import { confirmSetup } from '../behavior/confirm.ts'
import { noteEvent, type Controlled } from '../api/controls.ts'
import { StripeAnswer } from '../errors.ts'

const order = z.object({ client_secret: z.string(), payment_method: z.string() })

/** Adds the call of a merchant's own form: saves a test card by a SetupIntent's client secret, like `confirmSetup`. */
export function addOwnForm(
  app: SimulatorApp,
  { accounts, webhooks, log }: Pick<Controlled, 'accounts' | 'webhooks' | 'log'>,
): void {
  app.post('/_sim/confirm_setup', async (c) => {
    const { client_secret, payment_method } = order.parse(await c.req.json())
    const id = client_secret.split('_secret_')[0]!
    const { state } = accounts.holding(id)
    const intent = state.setupIntent(id)
    if (intent.client_secret !== client_secret) return c.json({ error: 'not the client secret' }, 404)
    const tell = (type: string, object: object) =>
      noteEvent(log, state, type, [...webhooks.emitHappened(state), ...webhooks.emit(state, type, object)])
    try {
      const confirmed = confirmSetup(state, intent, {
        payment_method,
        use_stripe_sdk: 'true',
        return_url: 'https://form.example/back',
      })
      tell(`setup_intent.${confirmed.status}`, confirmed)
      return c.json({ status: confirmed.status })
    } catch (error) {
      if (!(error instanceof StripeAnswer)) throw error
      const { setup_intent } = error.body.error
      if (setup_intent) tell('setup_intent.setup_failed', setup_intent as object)
      return c.json(error.body, error.status as 402)
    }
  })
}
