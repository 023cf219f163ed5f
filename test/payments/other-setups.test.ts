import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// If nothing is charged, no amount shows whether the gateway's object is ours: its metadata does.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const free = { amount: 0, currency: 'USD' }

/** A declined card leaves the setup open; then its owner is changed. */
async function declinedAt(name: string, value: string) {
  const { body } = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    bi_id: world.seeds.item_id,
    require_initial: 0,
  })
  const bc = body.billing_customer_id
  const page = world.pageOf(body.data.setup_url)
  await page.submitCard('4000000000000002', free)
  await until(async () => !(await page.progress()).body.paying)
  const [setup] = await world.sql<{ id: string; customer: string }[]>`
    select p.object_id as id, p.gateway_customer_id as customer
      from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc}`
  const change = (to: string) => world.atStripe('POST', `/v1/setup_intents/${setup!.id}`, { [`metadata[${name}]`]: to })
  expect((await change(value)).status).toBe(200)
  return { bc, page, setup: setup!, change }
}

test.each([
  ['organization_id', 'org_of_somebody_else'],
  ['environment', 'live'],
  ['billing_customer_id', ''],
  ['onboarding_id', 'onb_of_somebody_else'],
])('a setup that names another %s saves nothing for us, and an operator is notified', async (name, value) => {
  const { bc, page, setup } = await declinedAt(name, value)
  await page.submitCard(undefined, free)
  await until(async () => (await world.billingCustomer(bc)).needs_person?.reason === 'gateway_refused')
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'pending', payment_method: null })
  expect((await world.atStripe('GET', `/v1/setup_intents/${setup.id}`)).body.status).toBe('requires_payment_method')
  const { payment_methods } = (await world.simulate('ledger')).body
  expect(payment_methods.filter(({ customer }: { customer: string }) => customer === setup.customer)).toEqual([])
})

test('a setup that is corrected at the gateway continues; if it is canceled, the onboarding ends', async () => {
  const mended = await declinedAt('organization_id', 'org_of_somebody_else')
  await mended.page.submitCard(undefined, free)
  await until(async () => (await world.billingCustomer(mended.bc)).needs_person)
  await mended.change(world.seeds.org_id)
  await world.asNative('POST', `/v1/billing_customers/${mended.bc}/retry`, {})
  expect(await world.ended(mended.bc)).toBe('completed')

  const left = await declinedAt('onboarding_id', '')
  await left.page.submitCard(undefined, free)
  await until(async () => (await world.billingCustomer(left.bc)).needs_person)
  await world.asNative('POST', `/v1/billing_customers/${left.bc}/cancel`, { reason: 'test' })
  expect(await world.ended(left.bc)).toBe('canceled')
})
