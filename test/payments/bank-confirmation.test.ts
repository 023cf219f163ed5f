import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { untilBankAsks } from '../support/until-bank-asks.ts'
import { createWorld, type World } from '../support/world/world.ts'
import type { SetupPage } from '../support/world/setup-page.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const always = '4000002760003184'

const bankAsks = (page: SetupPage) => untilBankAsks(world, page)
const answerBank = (intent: string, outcome: 'succeed' | 'fail' | 'cancel') =>
  world.simulate('authenticate', { [intent.startsWith('pi_') ? 'payment_intent' : 'setup_intent']: intent, outcome })

test('the bank asks, the customer confirms and returns: charged once', async () => {
  const { bc, page } = await world.openSetup()
  expect((await page.submitCard(always)).status).toBe(202)
  const intent = await bankAsks(page)
  const waiting = await world.billingCustomer(bc)
  expect(waiting.onboarding).toMatchObject({ blocked_on: 'customer', attempt_state: 'needs_customer' })
  expect(waiting.onboarding.steps[1].message).toBe('Please confirm the payment with your bank.')
  expect((await world.ledger(bc)).charges).toHaveLength(0)
  await answerBank(intent, 'succeed')
  expect((await page.actionCompleted()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  const { charges, methods } = await world.ledger(bc)
  expect(charges).toMatchObject([{ amount: 1500, currency: 'usd', refunded_amount: 0 }])
  expect(methods).toMatchObject([{ last4: '3184' }])
  expect(await world.eventTypes(bc)).toContain('billing_customer.requires_action')
})

test('the customer confirms and closes the tab: the webhook alone completes the onboarding', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(always)
  await answerBank(await bankAsks(page), 'succeed')
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test.each(['fail', 'cancel'] as const)(
  'the confirmation ends in %s: nothing is charged, another card pays',
  async (outcome) => {
    const { bc, page } = await world.openSetup()
    await page.submitCard(always)
    await answerBank(await bankAsks(page), outcome)
    await page.actionCompleted()
    const { body } = await until(
      () => page.progress(),
      ({ body }) => !body.paying,
    )
    expect(body.steps[1].message).toBe(
      'Your bank could not verify your identity. You have not been charged. Please try again or use another card.',
    )
    await page.submitCard()
    expect(await world.ended(bc)).toBe('completed')
    expect((await world.ledger(bc)).charges).toHaveLength(1)
  },
)

test('canceled while the bank waits: nothing can be confirmed any more, and nothing is charged', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(always)
  const intent = await bankAsks(page)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'asked by the customer' })
  expect(await world.ended(bc)).toBe('canceled')
  expect((await answerBank(intent, 'succeed')).status).toBe(409)
  expect((await world.ledger(bc)).charges).toHaveLength(0)
})

test('if nothing is charged, the bank may ask before the card is saved', async () => {
  const contact = world.newContact()
  const { body } = await world.edge('createCustomer', {
    contact_id: contact,
    require_initial: 0,
    bi_id: world.seeds.item_id,
    allow_trigger: 1,
  })
  const page = world.pageOf(body.data.setup_url)
  await page.submitCard('4000002500003155', { amount: 0, currency: 'USD' })
  const intent = await bankAsks(page)
  expect(intent).toMatch(/^seti_/)
  await answerBank(intent, 'succeed')
  await page.actionCompleted()
  expect(await world.ended(body.billing_customer_id)).toBe('completed')
})

describe('a saved method of the caller', () => {
  /** Saves a card with a customer of ours, as an earlier onboarding of the organization would have. */
  async function savedMethod(testName: string): Promise<{ pm_id: string; customer_id: string }> {
    const call = async (path: string, body: Record<string, string>) =>
      (
        await world.request(`${world.simulator.url}${path}`, {
          method: 'POST',
          headers: { Authorization: 'Bearer sk_test_world' },
          body: new URLSearchParams(body),
        })
      ).body
    const customer = await call('/v1/customers', {
      'metadata[organization_id]': world.seeds.org_id,
      'metadata[environment]': 'sandbox',
    })
    const method = await call(`/v1/payment_methods/${testName}/attach`, { customer: customer.id })
    return { pm_id: method.id, customer_id: customer.id }
  }

  test('the bank requires the customer: pending with the link and requires_action, then charged once', async () => {
    const contact = world.newContact()
    const payment_data = await savedMethod('pm_card_authenticationRequired')
    const { status, body } = await world.edge('createCustomer', { contact_id: contact, payment_data })
    expect(status).toBe(200)
    expect(body.data).toMatchObject({ bc_status: 'pending', requires_action: true })
    const page = world.pageOf(body.data.setup_url)
    await answerBank(await bankAsks(page), 'succeed')
    await page.actionCompleted()
    expect(await world.ended(body.billing_customer_id)).toBe('completed')
    expect((await world.ledger(body.billing_customer_id)).charges).toHaveLength(1)
  })

  test('the same with the responses of both confirmations lost: the customer is asked, and charged once', async () => {
    await world.fault('/v1/payment_intents/*/confirm', 'error_after', { times: 2 })
    const payment_data = await savedMethod('pm_card_authenticationRequired')
    const { body } = await world.edge('createCustomer', { contact_id: world.newContact(), payment_data })
    const page = world.pageOf(body.data.setup_url)
    await answerBank(await bankAsks(page), 'succeed')
    expect(await world.ended(body.billing_customer_id)).toBe('completed')
    expect((await world.ledger(body.billing_customer_id)).charges).toHaveLength(1)
  })

  test('after a saved method that the customer did not confirm, another one is charged on its own object', async () => {
    const contact_id = world.newContact()
    const asks = await savedMethod('pm_card_authenticationRequired')
    const { body } = await world.edge('createCustomer', { contact_id, payment_data: asks })
    const page = world.pageOf(body.data.setup_url)
    await answerBank(await bankAsks(page), 'fail')
    await until(async () => !(await page.progress()).body.paying)
    const { body: attached } = await world.request(`${world.simulator.url}/v1/payment_methods/pm_card_visa/attach`, {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_test_world' },
      body: new URLSearchParams({ customer: asks.customer_id }),
    })
    const again = await world.edge('createCustomer', { contact_id, payment_data: { pm_id: attached.id } })
    expect(again.body.data).toMatchObject({ bc_status: 'active', bc_initial_charged: 1 })
    expect((await world.ledger(body.billing_customer_id)).charges).toHaveLength(1)
  })

  test('a card that was set up before is charged without the customer', async () => {
    const payment_data = await savedMethod('pm_card_authenticationRequiredSetupForOffSession')
    const { body } = await world.edge('createCustomer', { contact_id: world.newContact(), payment_data })
    expect(body.data).toMatchObject({ bc_status: 'active', bc_initial_charged: 1 })
  })
})

test.each([
  ['4000008260003178', 'insufficient funds'],
  ['4000008400001629', 'declined this card'],
])('card %s is declined after the confirmation', async (card, words) => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(card)
  await answerBank(await bankAsks(page), 'succeed')
  await page.actionCompleted()
  const { body } = await until(
    () => page.progress(),
    ({ body }) => !body.paying,
  )
  expect(body.steps[1].message).toContain(words)
  expect((await world.ledger(bc)).charges).toHaveLength(0)
})
