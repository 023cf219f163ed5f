import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// Customers and payment methods that exist at the gateway before the first call (docs/bringing-customers.md).

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true, ownership: 'exclusive' })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const open = (body: object, key?: string): Promise<Answer> =>
  world.asNative('POST', '/v1/billing_customers', { customer_id: world.newContact(), ...body }, key)

/** A customer at Stripe that another program created, without our metadata. */
async function existing(card = 'pm_card_visa'): Promise<{ gateway_customer_id: string; payment_method_id: string }> {
  const { body: customer } = await world.atStripe('POST', '/v1/customers')
  const { body: method } = await world.simulate('payment_methods', { card, customer: customer.id })
  return { gateway_customer_id: customer.id, payment_method_id: method.id }
}

const wrongOf = ({ status, body }: Answer) => [status, body.errors?.map(({ param }: { param: string }) => param)]
const callsTo = async (path: string) =>
  (await world.simulate('requests')).body.requests.filter((each: { path: string }) => each.path.startsWith(path)).length
const isKnown = async (customer_id: string) =>
  (await world.asNative('GET', `/v1/customers/${customer_id}`)).status === 200

test('a call has one form of a method and says itself whether it is charged', async () => {
  const ids = { gateway_customer_id: 'cus_1', payment_method_id: 'pm_1' }
  const both = await open({ ...ids, require_initial: false, payment_data: { pm_id: 'pm_1' } })
  expect(wrongOf(both)).toEqual([400, ['payment_data', 'gateway_customer_id', 'payment_method_id']])
  const silent = await open(ids)
  expect(wrongOf(silent)).toEqual([400, ['require_initial']])
  expect(silent.body.detail).toContain('payment_method_id')
  const wrong = { gateway_customer_id: 'pm_1', payment_method_id: 'cus_1', require_initial: true }
  expect(wrongOf(await open(wrong))).toEqual([400, ['gateway_customer_id', 'payment_method_id']])
  const atPayPal = { gateway: 'paypal', gateway_customer_id: 'cus_1' }
  expect(wrongOf(await open(atPayPal))).toEqual([400, ['gateway_customer_id']])
})

test('an existing method without an initial charge: active and enrolled, no bank asked, nothing charged', async () => {
  const ids = await existing('pm_card_authenticationRequired')
  const before = await callsTo('/v1/setup_intents')
  const { status, body } = await open({ ...ids, require_initial: false, billable_item_id: world.seeds.item_id })
  expect(status).toBe(201)
  expect(body).toMatchObject({
    status: 'active',
    initial_charged: false,
    gateway_customer_id: ids.gateway_customer_id,
    gateway_payment_method_id: ids.payment_method_id,
    payment_method: { label: 'Visa •••• 3184' },
    onboarding: { status: 'completed', consent: null, source: 'imported' },
  })
  expect(await callsTo('/v1/setup_intents')).toBe(before)
  expect((await world.ledger(body.id)).charges).toEqual([])
  const { body: enrolled } = await world.asNative('GET', `/v1/enrollments?billing_customer_id=${body.id}`)
  expect(enrolled.data).toHaveLength(1)
})

test('with an initial charge, repeated at once, the existing method is charged once', async () => {
  const ids = await existing()
  const request = { customer_id: world.newContact(), ...ids, require_initial: true }
  const answers = await Promise.all(Array.from({ length: 5 }, () => open(request)))
  const { id } = answers.find(({ status }) => status < 300)!.body
  expect(await world.ended(id)).toBe('completed')
  expect((await world.ledger(id)).charges).toMatchObject([{ amount: 1500, customer: ids.gateway_customer_id }])
})

test('after a decline the page saves another card to the existing customer', async () => {
  const ids = await existing('pm_card_chargeCustomerFail')
  const customer_id = world.newContact()
  const declined = await open({ customer_id, ...ids, require_initial: true })
  expect(declined.status).toBe(402)
  const { body: pending } = await open({ customer_id })
  expect(pending).toMatchObject({ status: 'pending', onboarding: { source: 'imported', last_error: 'declined' } })
  await world.pageOf(pending.setup_url).submitCard()
  expect(await world.ended(pending.id)).toBe('completed')
  expect(await world.billingCustomer(pending.id)).toMatchObject({
    gateway_customer_id: ids.gateway_customer_id,
    onboarding: { source: 'page' },
  })
  expect((await world.ledger(pending.id)).charges).toHaveLength(1)
})

test('a method that no customer has yet is saved like any other, to the existing customer', async () => {
  const { gateway_customer_id } = await existing()
  const request = { gateway_customer_id, payment_method_id: 'pm_card_visa', require_initial: false }
  const before = await callsTo('/v1/setup_intents')
  const { body } = await open(request)
  expect(body).toMatchObject({ status: 'active', gateway_customer_id, onboarding: { source: 'api' } })
  expect(await callsTo('/v1/setup_intents')).toBeGreaterThan(before)
})

test('imported methods are neither limited by declines of the organization nor count for its limit', async () => {
  const tenant = { organization: world.seeds.org_id, environment: 'sandbox' }
  await world.admin('set-setting', { ...tenant, name: 'declines_per_organization', value: '2' })
  for (let i = 0; i < 4; i++) {
    const ids = await existing('pm_card_chargeCustomerFail')
    expect((await open({ ...ids, require_initial: true })).status).toBe(402)
  }
  // The customers of the page are not slowed down, and not asked for 3-D Secure.
  const { bc, page } = await world.openSetup()
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  for (let i = 0; i < 2; i++)
    await open({ payment_data: { pm_id: 'pm_card_chargeCustomerFail' }, require_initial: true })
  for (let i = 0; i < 2; i++)
    expect((await open({ ...(await existing()), require_initial: true })).body.status).toBe('active')
  await world.admin('set-setting', { ...tenant, name: 'declines_per_organization', value: '300' })
})

test('a customer at the gateway alone is mapped: the method of the page is saved to it', async () => {
  const { gateway_customer_id } = await existing()
  const { body } = await open({ gateway_customer_id })
  expect(body.status).toBe('pending')
  const { body: customer } = await world.asNative('GET', `/v1/customers/${body.customer_id}`)
  expect(customer.integration_entity_mapping).toEqual([{ provider: 'stripe', id: gateway_customer_id }])
  await world.pageOf(body.setup_url).submitCard()
  expect(await world.ended(body.id)).toBe('completed')
  expect((await world.billingCustomer(body.id)).gateway_customer_id).toBe(gateway_customer_id)
})

test('an id that the organization cannot use is rejected, and nothing is created', async () => {
  const mine = await existing()
  const { gateway_customer_id: theirs, payment_method_id: theirMethod } = await existing()
  const { secret_key } = world.seeds.other_org
  expect((await open({ gateway_customer_id: theirs }, secret_key)).status).toBe(201)
  const detached = await existing()
  await world.atStripe('POST', `/v1/payment_methods/${detached.payment_method_id}/detach`)
  const cases = [
    [{ gateway_customer_id: 'cus_none' }, 'gateway_customer_id'],
    [{ gateway_customer_id: theirs }, 'gateway_customer_id'],
    [{ payment_method_id: 'pm_none' }, 'payment_method_id'],
    [{ payment_method_id: theirMethod }, 'payment_method_id'],
    [{ ...mine, gateway_customer_id: theirs }, 'payment_method_id'],
  ] as const
  for (const [ids, param] of cases) {
    const customer_id = world.newContact()
    expect(wrongOf(await open({ customer_id, ...ids, require_initial: false })), param).toEqual([400, [param]])
    expect(await isKnown(customer_id)).toBe(false)
  }
  // It can be read, and only its use shows that it is worn.
  const worn = await open({ payment_method_id: detached.payment_method_id, require_initial: false })
  expect(wrongOf(worn)).toEqual([400, ['payment_method_id']])
})

test('while the gateway does not answer the call is 503, and nothing is created', async () => {
  const ids = await existing()
  await world.fault('/v1/payment_methods/*', 'error_before', { method: 'GET', times: 5 })
  const customer_id = world.newContact()
  const init = { method: 'POST', headers: { Authorization: `Bearer ${world.seeds.secret_key}` } }
  const body = JSON.stringify({ customer_id, ...ids, require_initial: false })
  const { status } = await world.request('/v1/billing_customers', {
    ...init,
    headers: { ...init.headers, 'Content-Type': 'application/json' },
    body,
  })
  expect(status).toBe(503)
  expect(await isKnown(customer_id)).toBe(false)
})

test('once the billing customer is active, existing ids change nothing, and the gateway is not asked', async () => {
  const ids = await existing()
  const request = { customer_id: world.newContact(), ...ids, require_initial: false }
  const { body: first } = await open(request)
  const other = await existing()
  const again = await open({ ...request, ...other, require_initial: true })
  expect(again.body).toMatchObject({ status: 'active', gateway_payment_method_id: ids.payment_method_id })
  const { body: customer } = await world.asNative('GET', `/v1/customers/${first.customer_id}`)
  expect(customer.integration_entity_mapping).toEqual([{ provider: 'stripe', id: ids.gateway_customer_id }])
  expect(await callsTo(`/v1/payment_methods/${other.payment_method_id}`)).toBe(0)
  expect(await callsTo(`/v1/customers/${other.gateway_customer_id}`)).toBe(0)
  expect((await world.ledger(first.id)).charges).toEqual([])
})

test('a wallet that another program saved at PayPal is taken over, and charged where asked', async () => {
  const setup = await world.atPayPal('POST', '/v3/vault/setup-tokens', { payment_source: { paypal: {} } })
  await world.simulatePayPal('approve', { setup_token: setup.body.id, outcome: 'approve' })
  const source = { token: { id: setup.body.id, type: 'SETUP_TOKEN' } }
  const { body: token } = await world.atPayPal('POST', '/v3/vault/payment-tokens', { payment_source: source })
  const request = { gateway: 'paypal', payment_method_id: token.id }
  const free = await open({ ...request, require_initial: false })
  expect(free.body).toMatchObject({ status: 'active', gateway_payment_method_id: token.id, initial_charged: false })
  const charged = await open({ ...request, require_initial: true })
  expect(charged.body).toMatchObject({ status: 'active', initial_charged: true })
  expect(await world.payPalCharges(charged.body.id)).toHaveLength(1)
})

test('a closed customer asked for again takes over an existing method, or is told that an id is wrong', async () => {
  const customer_id = world.newContact()
  const { body } = await open({ customer_id, require_initial: false })
  await world.asNative('POST', `/v1/billing_customers/${body.id}/close`, { reason: 'the contract has ended' })
  const wrong = { gateway_customer_id: 'cus_nobody', payment_method_id: 'pm_nobody', require_initial: false }
  expect((await open({ customer_id, ...wrong })).status).toBe(400)
  expect((await world.billingCustomer(body.id)).status).toBe('closed')
  const again = await open({ customer_id, ...(await existing()), require_initial: false })
  expect(again.body).toMatchObject({ status: 'active', onboarding: { source: 'imported' } })
})
