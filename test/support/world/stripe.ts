import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { ask, type Answer } from '../answer.ts'
import { controlsOf } from './simulator.ts'

/** Returns a test's actions on the world's Stripe, and reads of its data. */
export function stripeOf({ url }: StripeSimulator) {
  const controls = controlsOf(url)
  return {
    ...controls,
    /** Calls Stripe as another client would: its dashboard or another program. */
    atStripe(method: string, path: string, form: Record<string, string> = {}): Promise<Answer> {
      const headers = { Authorization: 'Bearer sk_test_dashboard' }
      return ask(`${url}${path}`, {
        method,
        headers,
        ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
      })
    },
    /** Returns a billing customer's charges, refunds, and saved payment methods. */
    async ledger(bc: string) {
      const { body } = await controls.simulate('ledger')
      const own = (list: string, holds: (one: Answer['body']) => boolean): Answer['body'][] => body[list].filter(holds)
      const charges = own('charges', ({ metadata }) => metadata.billing_customer_id === bc)
      return {
        charges,
        refunds: own('refunds', ({ charge }) => charges.some(({ id }) => id === charge)),
        methods: own('payment_methods', (method) => charges.some(({ customer }) => customer === method.customer)),
        refunded: charges.reduce((sum: number, { refunded_amount }) => sum + refunded_amount, 0),
      }
    },
  }
}
