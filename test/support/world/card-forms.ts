import { untilAnswered } from '../answer.ts'
import type { World } from './world.ts'

/** A card that the bank declines. */
export const declined = 'pm_card_visa_chargeDeclined'

/** A card whose bank requests a confirmation. */
export const asksForConfirmation = 'pm_card_authenticationRequired'

/** Returns what a caller does with its own card forms, and what is stored of it. */
export function cardForms(world: World) {
  async function setUp(contact_id = world.newContact()) {
    const { status, body } = await untilAnswered(() => world.edge('setupPaymentMethod', { contact_id }))
    if (body.data?.client_secret) world.secrets.add(body.data.client_secret)
    return { status, body, contact: contact_id, bc: body.data?.billing_customer_id as string, data: body.data }
  }
  return {
    /** Opens a form. */
    setUp,
    /** Enters a card on a form. */
    enter: (client_secret: string, payment_method: string) =>
      world.simulate('confirm_setup', { client_secret, payment_method }),
    /** Submits the card that was saved on the newest form. */
    confirm: (billing_customer_id: string) =>
      untilAnswered(() =>
        world.edge('confirmPaymentMethod', { billing_customer_id, gateway: 'stripe', brand_id: undefined }),
      ),
    setupIntent: async (id: string) => (await world.atStripe('GET', `/v1/setup_intents/${id}`)).body,
    attemptsOf: (bc: string) =>
      world.sql<{ number: number; state: string; code: string | null }[]>`
        select a.number, a.state, a.code from payment_attempts a join onboardings o on o.id = a.onboarding_id
        where o.billing_customer_id = ${bc} order by o.n, a.number`,
    eventsOf: async (bc: string, type: string) => {
      const rows = await world.sql<{ data: { limit?: string } }[]>`
        select data from events where billing_customer_id = ${bc} and type = ${`billing_customer.${type}`} order by id`
      return rows.map(({ data }) => data)
    },
  }
}
