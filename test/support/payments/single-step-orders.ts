import { afterAll, afterEach, beforeAll } from 'vitest'
import type { SetupPage } from '../world/setup-page.ts'
import { until } from '../until.ts'
import { createWorld, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment whose organization creates and captures PayPal orders in one call. */
export function withSingleStepOrders(): void {
  beforeAll(async () => {
    world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 700, paypal: true })
    await setFlow('single_step')
  })
  afterEach(async () => {
    await world.clearPayPalFaults()
    hearEvents()
  })
  afterAll(() => world.close())
}

export const set = (name: string, value: string) =>
  world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name,
    value: `"${value}"`,
  })

export const setFlow = (flow: string) => set('paypal_order_flow', flow)
export const orders = '/v2/checkout/orders'

export const hearEvents = (path = '/webhooks/paypal') =>
  world.paypal!.sendEventsTo({ url: `${world.apiUrl}${path}`, webhookId: 'WHTESTONLY' })

export const objectsOf = (bc: string) =>
  world.sql<{ k: number; atOnce: boolean; sentAt: Date | null; objectId: string | null; state: string }[]>`
    select p.k, p.at_once, p.sent_at, p.object_id, p.state
      from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} order by p.k`

/** Wallets that PayPal has of this onboarding. */
export async function wallets(bc: string): Promise<number> {
  const made = await world.sql<{ methodId: string }[]>`
    select a.method_id from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc} and a.method_id is not null`
  const { body } = await world.simulatePayPal('ledger')
  return made.filter(({ methodId }) => body.payment_methods.some(({ id }: { id: string }) => id === methodId)).length
}

/** Returns the calls that created this onboarding's orders, their request ids, and the number of captures. */
export async function asked(bc: string) {
  const [row] = await world.sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
  const { body } = await world.simulatePayPal('requests')
  const mine = body.requests.filter(({ key }: { key: string | null }) => key?.startsWith(row!.id))
  const keys = mine.filter(({ path }: { path: string }) => path === orders).map(({ key }: { key: string }) => key)
  const captures = mine.filter(({ path }: { path: string }) => path.endsWith('/capture')).length
  return { keys: new Set<string>(keys), times: keys.length, captures }
}

export const declinedWith = (page: SetupPage, words: string) =>
  until(
    () => page.progress(),
    ({ body }) => !body.paying && (body.steps[1].message ?? '').includes(words),
  )
