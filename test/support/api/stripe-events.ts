import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { apiVersion } from '../../../gateways/stripe/api-version.ts'
import { createWorld, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment whose API listens for events of the Stripe simulator. */
export function withStripeEvents(): void {
  beforeAll(async () => {
    world = await createWorld({ listen: true })
  })
  afterEach(async () => {
    await world.clearFaults()
    hearEvents()
  })
  afterAll(() => world.close())
}

export function hearEvents(): void {
  const url = `${world.apiUrl}/webhooks/stripe`
  const connect = { url: `${url}/connect`, secret: 'whsec_test_connect' }
  world.simulator.sendEventsTo({ url, secret: 'whsec_test_only', connect })
}

export const signer = new Stripe('sk_test_x', { telemetry: false }).webhooks

export function send(
  event: object,
  options: { secret?: string; timestamp?: number; body?: string; also?: string } = {},
) {
  const payload = JSON.stringify(event)
  const signature = signer.generateTestHeaderString({
    payload,
    secret: options.secret ?? 'whsec_test_only',
    ...(options.timestamp ? { timestamp: options.timestamp } : {}),
  })
  return world.request('/webhooks/stripe', {
    method: 'POST',
    body: options.body ?? payload,
    headers: { 'Stripe-Signature': signature + (options.also ?? ''), 'Content-Type': 'application/json' },
  })
}

export const now = () => Math.floor(Date.now() / 1000)

export const event = (object: object, more: object = {}) => ({
  id: 'evt_1',
  object: 'event',
  api_version: apiVersion as string | null | undefined,
  type: 'payment_intent.succeeded',
  created: now(),
  livemode: false,
  data: { object },
  ...more,
})

export async function activeCustomer() {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const [charge] = (await world.ledger(bc)).charges
  const [row] = await world.sql<{ paymentMethodId: string; gatewayCustomerId: string }[]>`
    select payment_method_id, gateway_customer_id from billing_customers where id = ${bc}`
  return { bc, charge, ...row! }
}
