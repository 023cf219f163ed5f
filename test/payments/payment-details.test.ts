import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const ada = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  address_line1: '1 MG Road',
  address_city: 'Bengaluru',
  address_postal_code: '560001',
  address_country: 'IN',
}
const set = (values: object) => world.asNative('PATCH', '/v1/settings', values)

/** Has a customer with name, email and address pay, and returns what Stripe then has of them and of the payment. */
async function paid(profile: object = ada) {
  const customer = await world.asNative('POST', '/v1/customers', profile)
  const request = {
    customer_id: customer.body.id,
    brand_id: world.seeds.brand_id,
    payment_data: { pm_id: 'pm_card_visa' },
  }
  const opened = await until(
    () => world.asNative('POST', '/v1/billing_customers', request),
    ({ status }) => status !== 503,
  )
  expect(opened.body).toMatchObject({ status: 'active' })
  const [charge] = (await world.ledger(opened.body.id)).charges
  const intent = (await world.atStripe('GET', `/v1/payment_intents/${charge.payment_intent}`)).body
  return { intent, at: (await world.atStripe('GET', `/v1/customers/${charge.customer}`)).body }
}

test('by default a payment states its purpose, and Stripe receives no personal data', async () => {
  const { intent, at } = await paid()
  const [brand] = await world.sql<{ name: string }[]>`select name from brands where id = ${world.seeds.brand_id}`
  expect(intent).toMatchObject({
    description: `Initial charge of ${brand!.name}`,
    receipt_email: null,
    statement_descriptor_suffix: null,
  })
  expect(at).toMatchObject({ name: null, email: null })
  expect(JSON.stringify([intent, at])).not.toMatch(/Lovelace|ada@|MG Road/)
})

test('a brand with a long name pays too: a surrogate pair is not cut in the middle', async () => {
  const [brand] = await world.sql<{ name: string }[]>`select name from brands where id = ${world.seeds.brand_id}`
  await world.sql`update brands set name = ${`x${'🏋'.repeat(127)}`} where id = ${world.seeds.brand_id}`
  const { intent } = await paid({})
  expect(intent.description).toMatch(/^Initial charge of x🏋+$/u)
  await world.sql`update brands set name = ${brand!.name} where id = ${world.seeds.brand_id}`
})

test.each(['株式会社ノースウィンド', 'نورث ويند', '🏋️‍♀️ 🏋', `<b>"O'Neil" * Co</b>`])(
  'a brand called %s pays, and no text of its names makes Stripe reject the payment',
  async (name) => {
    const id = world.seeds.brand_id
    const [brand] = await world.sql<{ name: string }[]>`select name from brands where id = ${id}`
    await world.sql`update brands set name = ${name}, legal_name = ${name}, statement_name = ${name} where id = ${id}`
    // A value that an earlier release allowed.
    await set({ stripe_statement_descriptor_suffix: 'SETUP' })
    const stored = JSON.stringify(name)
    const suffix = world.sql`name = 'stripe_statement_descriptor_suffix'`
    await world.sql`update settings set value = ${stored}::text::jsonb where ${suffix}`
    const { intent } = await until(
      () => paid({}),
      ({ intent }) => intent.statement_descriptor_suffix !== 'SETUP',
    )
    expect(intent).toMatchObject({ status: 'succeeded', description: `Initial charge of ${name}` })
    expect(intent.statement_descriptor_suffix).toBe(null)
    await set({ stripe_statement_descriptor_suffix: null })
    await world.sql`
      update brands set name = ${brand!.name}, legal_name = null, statement_name = null where id = ${id}`
  },
)

test('a description is cut between grapheme clusters', async () => {
  const family = '👩\u200d👩\u200d👧'
  const [brand] = await world.sql<{ name: string }[]>`select name from brands where id = ${world.seeds.brand_id}`
  await world.sql`update brands set name = ${family.repeat(51)} where id = ${world.seeds.brand_id}`
  const { intent } = await paid({})
  // 200 characters: 18 of words, and 36 families of 5.
  expect(intent.description).toBe(`Initial charge of ${family.repeat(36)}`)
  await world.sql`update brands set name = ${brand!.name} where id = ${world.seeds.brand_id}`
})

test('the longest name and an internationalized address arrive at Stripe', async () => {
  await set({ stripe_customer_details: true, stripe_receipts: true })
  const name = '😀'.repeat(256)
  const { intent, at } = await paid({ name, email: 'max@möstermann.swiss' })
  const email = 'max@xn--mstermann-07a.swiss'
  expect([at.name, at.email, intent.receipt_email]).toEqual([name, email, email])
  await set({ stripe_customer_details: null, stripe_receipts: null })
})

test('each setting adds its own: details of the customer, a receipt, the statement', async () => {
  await set({ stripe_customer_details: true, stripe_receipts: true, stripe_statement_descriptor_suffix: 'SETUP 1' })
  const { intent, at } = await paid()
  expect(intent).toMatchObject({ receipt_email: 'ada@example.com', statement_descriptor_suffix: 'SETUP 1' })
  expect(at).toMatchObject({
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    address: { line1: '1 MG Road', city: 'Bengaluru', postal_code: '560001', country: 'IN', state: null },
  })
})

test('an address that Stripe rejects, or none, does not block the payment', async () => {
  await set({ stripe_customer_details: true, stripe_receipts: true })
  const odd = await paid({ name: 'Ada', email: "o'ada@example.com" })
  expect([odd.intent.status, odd.intent.receipt_email, odd.at.email]).toEqual(['succeeded', null, null])
  const none = await paid({})
  expect([none.intent.status, none.intent.receipt_email, none.at.name]).toEqual(['succeeded', null, null])
})

test.each(['<b>', 'a"b', "it's", '12345', 'x'.repeat(21), ' SETUP', 'A*B', 'Ä', ''])(
  'a statement descriptor suffix of %j is rejected',
  async (value) => {
    const { status, body } = await set({ stripe_statement_descriptor_suffix: value })
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('stripe_statement_descriptor_suffix')])
  },
)

test('a card that was declined without its customer: the page’s card is charged by another intent', async () => {
  const { body: customer } = await world.atStripe('POST', '/v1/customers', {
    'metadata[organization_id]': world.seeds.org_id,
    'metadata[environment]': 'sandbox',
  })
  const { body: method } = await world.simulate('payment_methods', {
    card: 'pm_card_chargeCustomerFail',
    customer: customer.id,
  })
  const contact_id = world.newContact()
  const payment_data = { pm_id: method.id, customer_id: customer.id }
  const declined = await world.edge('createCustomer', { contact_id, payment_data })
  expect(declined.status).toBe(402)
  const { bc, page } = await world.openSetup(contact_id, {})
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const rows = await world.sql`
    select p.k, p.state from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} order by p.k`
  expect([...rows]).toEqual([
    { k: 1, state: 'dead' },
    { k: 2, state: 'paid' },
  ])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('Stripe’s return page needs no token and says so', async () => {
  const { status, body, headers } = await world.request('/public/edge/setup-billing/returned')
  expect([status, headers.get('Cache-Control')]).toEqual([200, 'no-store'])
  expect(body).toContain('You can close this window')
})
