import { afterAll, afterEach, beforeAll } from 'vitest'
import { untilAnswered } from '../answer.ts'
import { createWorld, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment with PayPal. */
export function withOwnForm(): void {
  beforeAll(async () => {
    world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 4_000, paypal: true })
  })
  afterEach(() => world.clearFaults())
  afterAll(() => world.close())
}

/** What `setupPaymentMethod` gives the caller's form. */
export async function setUp(contact_id = world.newContact(), extra: object = {}) {
  const { status, body } = await untilAnswered(() => world.edge('setupPaymentMethod', { contact_id, ...extra }))
  if (body.data?.client_secret) world.secrets.add(body.data.client_secret)
  return { status, body, contact: contact_id, bc: body.data?.billing_customer_id as string, data: body.data }
}

export const enter = (client_secret: string, payment_method = 'pm_card_visa') =>
  world.simulate('confirm_setup', { client_secret, payment_method })

export const confirm = (billing_customer_id: string, gateway = 'stripe') =>
  world.edge('confirmPaymentMethod', { billing_customer_id, gateway, brand_id: undefined })
