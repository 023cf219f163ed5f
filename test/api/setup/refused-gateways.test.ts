import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { features } from '../../../tools/simulators/paypal/behavior/features.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true, listen: true })
})
afterEach(async () => {
  await world.clearFaults()
  await world.clearPayPalFaults()
  await grant(features)
  await world.sql`delete from refused_gateways`
})
afterAll(() => world.close())

const grant = (list: readonly string[]) => world.simulatePayPal('settings', { features: list })
const raised = async (bc: string) =>
  (await world.eventTypes(bc)).filter((type) => type === 'onboarding.needs_person').length
const needed = async (bc: string) => (await world.billingCustomer(bc)).needs_person?.reason ?? null
const errors = () => world.logged.filter((line) => (JSON.parse(line) as { level: string }).level === 'error')
const offered = async (page: { progress(): ReturnType<World['asNative']> }) => (await page.progress()).body.gateways
const setting = (name: string, value: unknown) =>
  world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name,
    value: JSON.stringify(value),
  })

test('without PayPal’s permission to vault, an operator is notified, PayPal is hidden, and a card pays', async () => {
  const [first, second] = [await world.openSetup(), await world.openSetup()]
  const before = errors().length
  await grant(['reference_transactions'])
  const answer = await first.page.openPayPal()
  expect(answer).toMatchObject({ status: 409, body: { error: { code: 'conflict', param: 'gateway' } } })
  await first.page.openPayPal()
  expect(await needed(first.bc)).toBe('gateway_refused')
  expect(await raised(first.bc)).toBe(1)
  const logged = errors().slice(before)
  expect(logged[0]).toContain('PERMISSION_DENIED')
  expect(logged.join()).not.toMatch(/@|token=/)
  for (const { page } of [first, second]) {
    expect(await offered(page)).toEqual(['stripe'])
    expect((await page.open()).body).not.toContain('value="paypal"')
  }
  // Whoever did not meet it needs nobody.
  expect(await needed(second.bc)).toBeNull()
  await first.page.submitCard()
  expect(await world.ended(first.bc)).toBe('completed')
  expect(await needed(first.bc)).toBeNull()
})

// What is refused may be an organization's own, such as the name of its brand.
test('a gateway’s rejection or acceptance of one organization does not change what others are offered', async () => {
  const { org_id, brand_id, secret_key: api_key, item_id: bi_id } = world.seeds.other_org
  const first = await world.openSetup()
  const other = await world.openSetup(undefined, { org_id, brand_id, api_key, bi_id })
  await grant([])
  expect((await first.page.openPayPal()).status).toBe(409)
  expect(await offered(first.page)).toEqual(['stripe'])
  expect(await offered(other.page)).toEqual(['stripe', 'paypal'])
  await grant(features)
  expect((await other.page.openPayPal()).status).toBe(200)
  expect(await offered(first.page)).toEqual(['stripe'])
  expect(await needed(first.bc)).toBe('gateway_refused')
})

test('once the permission is granted, PayPal is offered after a while, or immediately by retry', async () => {
  const [first, second] = [await world.openSetup(), await world.openSetup()]
  await grant([])
  for (const { page } of [first, second]) await page.openPayPal()
  await world.sql`update refused_gateways set offered_at = now()`
  expect(await offered(first.page)).toEqual(['stripe', 'paypal'])
  expect((await first.page.openPayPal()).status).toBe(409)
  expect(await offered(first.page)).toEqual(['stripe'])
  await grant(features)
  await world.asNative('POST', `/v1/billing_customers/${first.bc}/retry`, {})
  expect(await offered(first.page)).toEqual(['stripe', 'paypal'])
  expect((await first.page.submitPayPal()).status).toBe(202)
  expect(await world.ended(first.bc)).toBe('completed')
  expect(await needed(second.bc)).toBeNull()
  expect(await offered(second.page)).toEqual(['stripe', 'paypal'])
})

test('if it is the only gateway, the page says so', async () => {
  await setting('gateways', ['paypal'])
  const { page } = await world.openSetup()
  await grant([])
  await page.openPayPal()
  const { status, body } = await page.open()
  expect(status).toBe(200)
  expect(body).toContain('does not accept their account')
  expect(body).not.toContain('<form')
  await setting('gateways', ['stripe', 'paypal'])
})

test.each([
  ['a caller’s form at Stripe', 'stripe', '/v1/setup_intents'],
  ['what it is saved with at Stripe', 'stripe', '/v1/customers'],
  ['a caller’s approval at PayPal', 'paypal', '/v3/vault/setup-tokens'],
])('%s is rejected with 409, and an operator is notified', async (_, gateway, path) => {
  const { bc, contact } = await world.openSetup()
  const fault = gateway === 'stripe' ? world.fault : world.payPalFault
  await fault(path, 'unauthorized', { times: 100 })
  const asked = await world.edge('setupPaymentMethod', { contact_id: contact, gateway })
  expect(asked.status).toBe(409)
  expect(await needed(bc)).toBe('gateway_refused')
  expect(await raised(bc)).toBe(1)
})

test('if the method of a caller’s form cannot be read: 409, and an operator is notified', async () => {
  const { bc, contact } = await world.openSetup()
  await world.edge('setupPaymentMethod', { contact_id: contact, gateway: 'stripe' })
  await world.fault('/v1/setup_intents/*', 'unauthorized', { method: 'GET', times: 100 })
  const answer = await world.edge('confirmPaymentMethod', { billing_customer_id: bc, gateway: 'stripe' })
  expect(answer.status).toBe(409)
  expect(await needed(bc)).toBe('gateway_refused')
})

test('an event about an unreadable object returns an error, and is accepted once it can be read', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  const [charge] = await world.payPalCharges(bc)
  const before = errors().length
  await world.payPalFault('/v2/payments/captures/*', 'unauthorized', { method: 'GET', times: 100_000 })
  await world.simulatePayPal('disputes', { charge: charge.id })
  await until(() =>
    errors()
      .slice(before)
      .some((line) => line.includes('an operator must act')),
  )
  await world.clearPayPalFaults()
  await until(async () => (await world.eventTypes(bc)).includes('charge.disputed'))
})
