import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createWorld, type Answer, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterEach(async () => {
  await world.clearFaults()
})
afterAll(() => world.close())

const create = (payment_data: object, extra: object = {}): Promise<Answer> =>
  world.edge('createCustomer', { contact_id: world.newContact(), payment_data, ...extra })

async function stripe(path: string, form: Record<string, string>): Promise<Answer['body']> {
  const { body } = await world.request(`${world.simulator.url}${path}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_world' },
    body: new URLSearchParams(form),
  })
  return body
}

/** A saved method at Stripe that belongs to a customer with this metadata. */
async function savedMethod(metadata: Record<string, string>): Promise<{ pm_id: string; customer_id: string }> {
  const form = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`metadata[${key}]`, value]))
  const customer = await stripe('/v1/customers', form)
  const method = await stripe('/v1/payment_methods/pm_card_visa/attach', { customer: customer.id })
  return { pm_id: method.id, customer_id: customer.id }
}

test('a method without a customer becomes this customer’s: active, charged once', async () => {
  const { status, body } = await create({ pm_id: 'pm_card_visa' })
  expect([status, body.data.bc_status, body.data.bc_initial_charged]).toEqual([200, 'active', 1])
  expect((await world.ledger(body.billing_customer_id)).charges).toMatchObject([{ amount: 1500 }])
  const { body: read } = await world.edge('getCustomer', { bc_id: body.billing_customer_id })
  expect(read.data.bc_payment_data.customer_id).toMatch(/^cus_/)
})

test('a definite decline returns 402 with the reason; the record stays pending for another method', async () => {
  const contact_id = world.newContact()
  const { status, body } = await create({ pm_id: 'pm_card_visa_chargeDeclinedInsufficientFunds' }, { contact_id })
  expect(status).toBe(402)
  expect(body).toMatchObject({
    status: 'error',
    errors: [expect.stringContaining('insufficient funds')],
    billing_customer_id: expect.stringMatching(/^bc_/),
  })
  expect((await world.billingCustomer(body.billing_customer_id)).status).toBe('pending')
  const again = await create({ pm_id: 'pm_card_mastercard' }, { contact_id })
  expect([again.status, again.body.data.bc_status]).toEqual([200, 'active'])
  expect((await world.ledger(body.billing_customer_id)).charges).toHaveLength(1)
})

test('lost, stolen and suspected cards cannot be distinguished from other declines', async () => {
  const answers = await Promise.all(
    ['LostCard', 'StolenCard', 'VelocityLimitExceeded'].map((kind) =>
      create({ pm_id: `pm_card_visa_chargeDeclined${kind}` }),
    ),
  )
  answers.push(await create({ pm_id: 'pm_card_visa_chargeDeclined' }))
  expect(new Set(answers.map(({ body }) => body.errors[0])).size).toBe(1)
})

test('a saved method that its bank said never to retry is not sent again; another one is', async () => {
  const contact_id = world.newContact()
  const method = await savedMethod({ organization_id: world.seeds.org_id, environment: 'sandbox' })
  await world.fault('/v1/payment_intents/*/confirm', 'decline', { advice_code: 'do_not_try_again' })
  const first = await create(method, { contact_id })
  const again = await create(method, { contact_id })
  expect([first.status, again.status]).toEqual([402, 402])
  expect(again.body.errors).toEqual(first.body.errors)
  expect(again.body.errors[0]).toContain('Please try another card')
  expect((await world.billingCustomer(again.body.billing_customer_id)).onboarding.steps[1].attempts).toBe(1)
  const other = await create({ pm_id: 'pm_card_mastercard' }, { contact_id })
  expect([other.status, other.body.data.bc_status]).toEqual([200, 'active'])
})

test('require_initial 0 with a saved method: the method is saved, nothing is charged', async () => {
  const { body } = await create({ pm_id: 'pm_card_visa' }, { require_initial: 0 })
  expect(body.data).toMatchObject({ bc_status: 'active', bc_initial_charged: 0 })
  expect((await world.ledger(body.billing_customer_id)).charges).toEqual([])
  const { body: read } = await world.edge('getCustomer', { bc_id: body.billing_customer_id })
  expect(read.data.bc_payment_data.pm_label).toBe('Visa •••• 4242')
})

test('after a declined method with nothing to charge, the page can save another one', async () => {
  const { status, body } = await create({ pm_id: 'pm_card_visa_chargeDeclined' }, { require_initial: 0 })
  expect(status).toBe(402)
  const page = world.pageOf((await world.billingCustomer(body.billing_customer_id)).setup_url)
  expect((await page.open()).body).toContain('Save payment method')
  await page.submitCard(undefined, { amount: 0, currency: 'USD' })
  expect(await world.ended(body.billing_customer_id)).toBe('completed')
  expect((await world.ledger(body.billing_customer_id)).charges).toEqual([])
})

test('a saved method of a customer whose metadata names this organization is charged with that customer', async () => {
  const ours = await savedMethod({ organization_id: world.seeds.org_id, environment: 'sandbox' })
  const { status, body } = await create(ours)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  expect((await world.ledger(body.billing_customer_id)).charges).toMatchObject([{ customer: ours.customer_id }])
})

test('rejects unknown methods and those of another organization or environment without a charge', async () => {
  const foreign = [
    await savedMethod({ organization_id: world.seeds.other_org.org_id, environment: 'sandbox' }),
    await savedMethod({ organization_id: world.seeds.org_id, environment: 'live' }),
    await savedMethod({}),
    { pm_id: 'pm_does_not_exist' },
    { pm_id: 'pm_card_visa', customer_id: (await savedMethod({})).customer_id },
    { pm_id: 'pm_card_visa', customer_id: 'cus_does_not_exist' },
  ]
  for (const data of foreign) {
    const { status, body } = await create(data)
    expect([status, body.errors]).toEqual([
      400,
      ['payment_data.pm_id: is not a payment method that this organization can use'],
    ])
    expect((await world.ledger(body.billing_customer_id)).charges).toEqual([])
  }
})

/** Methods that Stripe refuses to charge, each without a code or with one that is not the method's own. */
const worn: Record<string, (customer: string) => Promise<string>> = {
  detached: async (customer) => {
    const { id } = await stripe('/v1/payment_methods/pm_card_visa/attach', { customer })
    await stripe(`/v1/payment_methods/${id}/detach`, {})
    return id
  },
  'of a deleted customer': async (customer) => {
    const { id } = await stripe('/v1/payment_methods/pm_card_visa/attach', { customer })
    await world.atStripe('DELETE', `/v1/customers/${customer}`)
    return id
  },
  'declined before it was attached': async () => {
    const { body: method } = await world.simulate('payment_methods', { card: 'pm_card_chargeCustomerFail' })
    expect((await create({ pm_id: method.id })).status).toBe(402)
    return method.id
  },
  'of the type link': async (customer) => (await world.simulate('payment_methods', { type: 'link', customer })).body.id,
}
const owner = { 'metadata[environment]': 'sandbox' }

test.each(
  Object.keys(worn).flatMap((name) => [
    [name, 1],
    [name, 0],
  ]) as [string, number][],
)(
  'a method %s (require_initial %i) is unusable at once: void, no operator, and another one pays',
  async (name, require_initial) => {
    const customer = await stripe('/v1/customers', { ...owner, 'metadata[organization_id]': world.seeds.org_id })
    const pm_id = await worn[name]!(customer.id)
    const contact_id = world.newContact()
    const began = Date.now()
    const { status, body } = await create({ pm_id }, { contact_id, require_initial })
    expect([status, body.errors]).toEqual([
      400,
      ['payment_data.pm_id: is not a payment method that this organization can use'],
    ])
    expect(Date.now() - began).toBeLessThan(8_000)
    const bc = body.billing_customer_id
    const attempts = await world.sql`
    select a.state, a.code from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where o.billing_customer_id = ${bc}`
    expect([...attempts]).toEqual([{ state: 'void', code: 'method_not_usable' }])
    expect((await world.billingCustomer(bc)).needs_person).toBeNull()
    const again = await create({ pm_id: 'pm_card_mastercard' }, { contact_id, require_initial })
    expect([again.status, again.body.data.bc_status]).toEqual([200, 'active'])
    expect((await world.ledger(bc)).charges).toHaveLength(require_initial)
  },
)

test('rejects a method that another organization onboarded with', async () => {
  const { org_id, brand_id, secret_key } = world.seeds.other_org
  const theirs = await world.edge('createCustomer', {
    api_key: secret_key,
    org_id,
    brand_id,
    contact_id: world.newContact(),
    payment_data: { pm_id: 'pm_card_visa' },
  })
  const { body: read } = await world.edge('getCustomer', {
    api_key: secret_key,
    org_id,
    brand_id,
    bc_id: theirs.body.billing_customer_id,
  })
  const { status } = await create({ pm_id: read.data.bc_payment_data.pm_id })
  expect(status).toBe(400)
})

test('the caller’s method is not detached when the onboarding is undone', async () => {
  const ours = await savedMethod({ organization_id: world.seeds.org_id, environment: 'sandbox' })
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  const call = create(ours)
  await bank.reached()
  const [row] = await world.sql<
    { id: string }[]
  >`select o.billing_customer_id as id from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where a.reference = ${ours.pm_id}`
  await world.asNative('POST', `/v1/billing_customers/${row!.id}/cancel`, { reason: 'test' })
  await bank.release()
  await call
  expect(await world.ended(row!.id)).toBe('canceled')
  const { refunded, methods } = await world.ledger(row!.id)
  expect(refunded).toBe(1500)
  expect(methods.map(({ id }) => id)).toEqual([ours.pm_id])
})

test('ten concurrent identical calls with one saved method: one charge', async () => {
  const contact_id = world.newContact()
  const answers = await Promise.all(Array.from({ length: 10 }, () => create({ pm_id: 'pm_card_visa' }, { contact_id })))
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
  expect((await world.ledger(answers[0]!.body.billing_customer_id)).charges).toHaveLength(1)
})

test('without a result in time the call returns pending, and the payment continues', async () => {
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  const { status, body } = await create({ pm_id: 'pm_card_visa' })
  expect([status, body.data.bc_status]).toEqual([200, 'pending'])
  await bank.release()
  expect(await world.ended(body.billing_customer_id)).toBe('completed')
  expect((await world.ledger(body.billing_customer_id)).charges).toHaveLength(1)
})
