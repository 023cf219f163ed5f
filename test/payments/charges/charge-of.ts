import type { Answer } from '../../support/answer.ts'
import { until } from '../../support/until.ts'
import type { World } from '../../support/world/world.ts'

/** Returns a test's calls about the charges of active billing customers. */
export function chargesIn(world: World) {
  const get = async (id: string): Promise<Answer['body']> => (await world.asNative('GET', `/v1/charges/${id}`)).body

  return {
    get,

    /** Pays an onboarding by card, or by PayPal. Returns the billing customer and its charge. */
    async paid(card?: string | 'paypal'): Promise<{ bc: string; id: string; paymentObject: string }> {
      const { bc, page } = await world.openSetup()
      await (card === 'paypal' ? page.submitPayPal() : page.submitCard(card))
      await world.ended(bc)
      const { body } = await world.asNative('GET', `/v1/charges?billing_customer_id=${bc}`)
      const [charge] = body.data
      return { bc, id: charge.id, paymentObject: charge.gateway_payment_object_id }
    },

    refund: (id: string, amount?: number, reason = 'agreed with the customer'): Promise<Answer> =>
      world.asNative('POST', `/v1/charges/${id}/refund`, { ...(amount === undefined ? {} : { amount }), reason }),

    /** Waits until no refund of the charge is pending. */
    settled: (id: string): Promise<Answer['body']> =>
      until(
        () => get(id),
        ({ refunds }) => refunds.every(({ status }: { status: string }) => status !== 'pending'),
      ),

    /** Waits until the charge has this status. */
    becomes: (id: string, status: string): Promise<Answer['body']> =>
      until(
        () => get(id),
        (charge) => charge.status === status,
      ),
  }
}

/** The parts of a refund that tests compare. */
export const brief = ({ refunds }: Answer['body']) =>
  refunds.map(({ amount, status, source }: Answer['body']) => `${source} ${amount} ${status}`)
