import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { ask, type Answer } from '../answer.ts'
import { controlsOf } from './simulator.ts'

/** What a test does with the world's Stripe, and reads of it. */
export function stripeOf({ url }: StripeSimulator) {
  const controls = controlsOf(url)
  return {
    ...controls,
    /** What somebody does at Stripe: in its dashboard, or with another program. */
    atStripe(method: string, path: string, form: Record<string, string> = {}): Promise<Answer> {
      const headers = { Authorization: 'Bearer sk_test_dashboard' }
      return ask(`${url}${path}`, {
        method,
        headers,
        ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
      })
    },
    /** What was charged of a billing customer, given back, and saved at who was charged. */
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
