import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../../support/until.ts'
import { createWorld, type Answer, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ listen: true, paypal: true, longestRetryPause: 300 })
})
afterAll(() => world.close())

type Body = Answer['body']

const idsOf = ({ gateway_customer_id, gateway_payment_method_id }: Body) => [
  gateway_customer_id,
  gateway_payment_method_id,
]
const shownIds = async (bc: string) => idsOf(await world.billingCustomer(bc))

/** Returns the charges of a billing customer. Each must be the same alone and in the list. */
async function chargesOf(bc: string): Promise<Body[]> {
  const { body } = await world.asNative('GET', `/v1/charges?billing_customer_id=${bc}`)
  for (const charge of body.data) expect((await world.asNative('GET', `/v1/charges/${charge.id}`)).body).toEqual(charge)
  return body.data
}

async function paid(pay: 'submitCard' | 'submitPayPal' = 'submitCard') {
  const opened = await world.openSetup()
  expect(await shownIds(opened.bc)).toEqual([null, null])
  await opened.page[pay]()
  expect(await world.ended(opened.bc)).toBe('completed')
  return { ...opened, shown: await world.billingCustomer(opened.bc) }
}

test('the ids of Stripe charge the customer with other code, and name the payment of a charge', async () => {
  const { bc, contact, shown } = await paid()
  const [charge] = (await world.ledger(bc)).charges
  expect(idsOf(shown)).toEqual([charge.customer, shown.payment_method.id])
  const { body: again } = await world.asNative('POST', '/v1/billing_customers', { customer_id: contact })
  const { body: list } = await world.asNative('GET', `/v1/billing_customers?customer_id=${shown.customer_id}`)
  expect([again, ...list.data].map(idsOf)).toEqual([idsOf(shown), idsOf(shown)])
  const before = await chargesOf(bc)
  expect(before.map((one) => one.gateway_payment_object_id)).toEqual([charge.payment_intent])

  const { body: intent } = await world.atStripe('POST', '/v1/payment_intents', {
    amount: '2500',
    currency: 'usd',
    customer: shown.gateway_customer_id,
    'allowed_payment_method_types[]': 'card',
  })
  const confirmed = await world.atStripe('POST', `/v1/payment_intents/${intent.id}/confirm`, {
    payment_method: shown.gateway_payment_method_id,
    off_session: 'true',
    return_url: 'https://billing.example.com',
  })
  expect(confirmed.body).toMatchObject({ status: 'succeeded', amount: 2500, customer: charge.customer })
  await world.allDelivered()
  expect(await chargesOf(bc)).toEqual(before)
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', needs_person: null })
})

test('a PayPal payment shows the payment token and the order, and no customer', async () => {
  const { bc, shown } = await paid('submitPayPal')
  expect(idsOf(shown)).toEqual([null, shown.payment_method.id])
  const token = await world.atPayPal('GET', `/v3/vault/payment-tokens/${shown.gateway_payment_method_id}`)
  expect(token).toMatchObject({ status: 200, body: { id: shown.payment_method.id } })
  const [charge] = await chargesOf(bc)
  const { body: order } = await world.atPayPal('GET', `/v2/checkout/orders/${charge.gateway_payment_object_id}`)
  expect(order).toMatchObject({ status: 'COMPLETED', purchase_units: [{ invoice_id: charge.onboarding_id }] })
})

test('a replacement under way changes nothing; the ids are those of the new method once it is there', async () => {
  const { bc, shown } = await paid()
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, { gateway: 'paypal' })
  expect(idsOf(body)).toEqual(idsOf(shown))
  expect(Object.keys(body.replacement).filter((name) => name.startsWith('gateway_'))).toEqual([])
  const [charge] = await chargesOf(bc)
  await world.pageOf(body.replacement.setup_url).submitPayPal({ amount: 0, currency: 'USD' })
  const replaced = await until(
    () => world.billingCustomer(bc),
    ({ replacement }) => replacement.status === 'completed',
  )
  expect([replaced.gateway, ...idsOf(replaced)]).toEqual(['paypal', null, replaced.payment_method.id])
  expect(replaced.payment_method.id).not.toBe(shown.payment_method.id)
  expect(await chargesOf(bc)).toEqual([charge])
})

test('a removed method leaves no id of the billing customer; its charge keeps the id of the payment', async () => {
  const { bc, shown } = await paid()
  const before = await chargesOf(bc)
  await world.atStripe('POST', `/v1/payment_methods/${shown.gateway_payment_method_id}/detach`)
  const removed = await until(
    () => world.billingCustomer(bc),
    ({ payment_method }) => payment_method === null,
  )
  expect([removed.status, ...idsOf(removed)]).toEqual(['active', null, null])
  expect(await chargesOf(bc)).toEqual(before)
})

test('a method that two billing customers share is shown with the same ids', async () => {
  const { shown } = await paid()
  const payment_data = { pm_id: shown.gateway_payment_method_id }
  const { body } = await world.asNative('POST', '/v1/billing_customers', {
    customer_id: world.newContact(),
    payment_data,
  })
  expect([body.status, ...idsOf(body)]).toEqual(['active', ...idsOf(shown)])
})

test('a declined payment shows its payment object too, with the scope of charges alone', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => !(await page.progress()).body.paying)
  const declined = await chargesOf(bc)
  expect(declined).toMatchObject([{ status: 'open', gateway_payment_object_id: expect.stringMatching(/^pi_/) }])
  expect(await shownIds(bc)).toEqual([null, null])
  const keyWith = async (scope: string) =>
    (await world.asNative('POST', '/v1/api_keys', { scopes: [scope] })).body.secret
  const [charges, customers] = [await keyWith('charges:read'), await keyWith('billing_customers:read')]
  const statuses = (key: string) =>
    Promise.all(
      [`/v1/charges/${declined[0]!.id}`, `/v1/billing_customers/${bc}`].map(
        async (path) => (await world.asNative('GET', path, undefined, key)).status,
      ),
    )
  expect(await statuses(charges)).toEqual([200, 403])
  expect(await statuses(customers)).toEqual([403, 200])
  const { secret_key } = world.seeds.other_org
  expect((await world.asNative('GET', `/v1/charges/${declined[0]!.id}`, undefined, secret_key)).status).toBe(404)
})

test('neither the page, its progress, events nor histories have the ids', async () => {
  const { bc, page, shown } = await paid()
  const ids: string[] = [...idsOf(shown), (await chargesOf(bc))[0]!.gateway_payment_object_id]
  // Histories are searched for it when the world closes.
  for (const id of ids) world.secrets.add(id)
  const events = await world.asNative('GET', `/v1/events?billing_customer_id=${bc}&limit=100`)
  const texts = [(await page.open()).body, (await page.progress()).body, events.body].map((body) =>
    typeof body === 'string' ? body : JSON.stringify(body),
  )
  expect(texts.map((text) => ids.filter((id) => text.includes(id)))).toEqual([[], [], []])
})
