import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// A caller's own form may have saved a card when the onboarding completes with another one.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 4_000 })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

/** What `setupPaymentMethod` gives the caller's form. */
async function setUp(contact_id: string) {
  const { data } = (await world.edge('setupPaymentMethod', { contact_id })).body
  world.secrets.add(data.client_secret)
  return data as Record<'client_secret' | 'stripe_customer_id' | 'billing_customer_id', string>
}
const enter = (client_secret: string, payment_method = 'pm_card_visa') =>
  world.simulate('confirm_setup', { client_secret, payment_method })
const confirm = (billing_customer_id: string) =>
  world.edge('confirmPaymentMethod', { billing_customer_id, gateway: 'stripe', brand_id: undefined })

/** Payment methods that belong to the customer at the gateway. */
const methodsOf = async (gatewayCustomer: string): Promise<string[]> => {
  const { body } = await world.simulate('ledger')
  const methods = body.payment_methods as { id: string; customer: string | null }[]
  return methods.filter(({ customer }) => customer === gatewayCustomer).map(({ id }) => id)
}
const runIsOver = (workflowId: string) =>
  until(async () => (await world.client.workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED')

test.each([false, true])(
  'the hosted page is first (gateway down afterwards: %s): what the form saved is removed, what pays stays',
  async (away) => {
    const { contact, bc, page } = await world.openSetup()
    const data = await setUp(contact)
    await enter(data.client_secret, 'pm_card_mastercard')
    expect(await methodsOf(data.stripe_customer_id)).toHaveLength(1)
    if (away)
      for (const fault of ['error_before', 'lose_request']) await world.fault('/v1/payment_methods/*/detach', fault)
    await page.submitCard()
    expect(await world.ended(bc)).toBe('completed')
    const { status, payment_method, onboarding } = await world.billingCustomer(bc)
    await runIsOver(onboarding.workflow_id)
    expect([status, payment_method.label]).toEqual(['active', 'Visa •••• 4242'])
    expect(await methodsOf(data.stripe_customer_id)).toEqual([payment_method.id])
    expect((await confirm(bc)).body.data.payment_data.pm_id).toBe(payment_method.id)
  },
)

test('the hosted page is first: a form that was issued saves nothing any more', async () => {
  const { contact, bc, page } = await world.openSetup()
  const data = await setUp(contact)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const { payment_method, onboarding } = await world.billingCustomer(bc)
  await runIsOver(onboarding.workflow_id)
  expect((await enter(data.client_secret)).status).toBe(400)
  expect(await methodsOf(data.stripe_customer_id)).toEqual([payment_method.id])
})

test('the form is first: its card stays; if the page replaces it, what the form saved is removed', async () => {
  const contact = world.newContact()
  const data = await setUp(contact)
  const bc = data.billing_customer_id
  await enter(data.client_secret)
  const first = (await confirm(bc)).body.data.payment_data.pm_id
  await runIsOver((await world.billingCustomer(bc)).onboarding.workflow_id)
  expect(await methodsOf(data.stripe_customer_id)).toEqual([first])
  const next = await setUp(contact)
  await enter(next.client_secret, 'pm_card_mastercard')
  const { replacement } = await world.billingCustomer(bc)
  await world.pageOf(replacement.setup_url).submitCard(undefined, { amount: 0, currency: 'USD' })
  await runIsOver(replacement.workflow_id)
  const { payment_method } = await world.billingCustomer(bc)
  expect(payment_method.id).not.toBe(first)
  expect(await methodsOf(data.stripe_customer_id)).toEqual([payment_method.id])
})
