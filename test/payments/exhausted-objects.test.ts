import { afterAll, beforeAll, expect, test } from 'vitest'
import { Gate } from '../support/gateways/gate.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

// A step tries five payment objects. If none of them can be paid, a person is needed.

let world: World
let stripe: Gate
let paypal: Gate
let worker: WorkerProcess
beforeAll(async () => {
  world = await createWorld({ worker: false, paypal: true })
  await world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name: 'paypal_order_flow',
    value: '"two_step"',
  })
  stripe = await Gate.open(world.simulator.url)
  paypal = await Gate.open(world.paypal!.url)
  worker = new WorkerProcess(world, {
    STRIPE_API_URL: stripe.url,
    PAYPAL_API_URL: paypal.url,
    PAYPAL_TEST_CLIENT_ID: 'client-of-the-world',
    PAYPAL_TEST_CLIENT_SECRET: 'only-for-tests',
    PAYPAL_TEST_WEBHOOK_ID: 'WHTESTONLY',
    GATEWAY_TIMEOUT_MS: '60000',
    RETRY_PAUSE_MAX_MS: '300',
  })
  await worker.start()
})
afterAll(async () => {
  await worker.kill('SIGKILL')
  await stripe.close()
  await paypal.close()
  await world.close()
})

type Page = Awaited<ReturnType<World['openSetup']>>['page']

const newestObject = async (onboardingId: string) => {
  const [object] = await world.sql<{ id: string }[]>`
    select object_id as id from payment_objects where onboarding_id = ${onboardingId} order by k desc limit 1`
  return object!.id
}
const statesOf = async (onboardingId: string) => {
  const rows = await world.sql<{ state: string }[]>`
    select state from payment_objects where onboarding_id = ${onboardingId} order by k`
  return rows.map(({ state }) => state)
}

const methods = {
  card: {
    gate: () => stripe,
    submit: (page: Page) => page.submitCard(),
    // As a person in Stripe's dashboard.
    destroy: async (onboardingId: string) =>
      world.atStripe('POST', `/v1/payment_intents/${await newestObject(onboardingId)}/cancel`, {}),
    charges: async (bc: string) => (await world.ledger(bc)).charges as { amount: number }[],
  },
  PayPal: {
    gate: () => paypal,
    submit: (page: Page) => page.submitPayPal(),
    // PayPal no longer has an order that is not captured within three hours.
    destroy: () => world.simulatePayPal('clock', { advance_seconds: 3 * 3600 }),
    charges: (bc: string) => world.payPalCharges(bc) as Promise<{ amount: number }[]>,
  },
}

test.each(['card', 'PayPal'] as const)(
  'by %s: after five objects that cannot be paid an operator is needed, and the sixth charges once',
  async (name) => {
    const method = methods[name]
    const { bc, page } = await world.openSetup()
    const { onboarding } = await world.billingCustomer(bc)
    expect((await method.submit(page)).status).toBe(202)
    for (let k = 1; k <= 5; k++) {
      const confirming = method.gate().hold(`${onboarding.id}/confirm/${k}/`, 'before')
      await confirming.reached()
      await method.destroy(onboarding.id)
      await confirming.release()
    }
    const sixth = method.gate().hold(`${onboarding.id}/confirm/6/`, 'before')
    await sixth.reached()
    const waiting = await world.billingCustomer(bc)
    expect(waiting.needs_person).toMatchObject({ reason: 'payment_objects_exhausted', charge_id: null })
    expect(waiting.onboarding.blocked_on).toBe('operator')
    expect(await method.charges(bc)).toEqual([])
    await sixth.release()
    expect(await world.ended(bc)).toBe('completed')
    expect(await method.charges(bc)).toMatchObject([{ amount: 1500 }])
    expect(await statesOf(onboarding.id)).toEqual(['dead', 'dead', 'dead', 'dead', 'dead', 'paid'])
    expect(await world.reasonsForPerson(bc)).toEqual(['payment_objects_exhausted'])
    expect((await world.billingCustomer(bc)).needs_person).toBeNull()
  },
)
