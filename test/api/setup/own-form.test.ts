import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { untilAnswered } from '../../support/answer.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 1_500, paypal: true })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

/** What `setupPaymentMethod` gives the caller's form. */
async function setUp(contact_id = world.newContact(), extra: object = {}) {
  const { status, body } = await untilAnswered(() => world.edge('setupPaymentMethod', { contact_id, ...extra }))
  if (body.data?.client_secret) world.secrets.add(body.data.client_secret)
  return { status, body, contact: contact_id, bc: body.data?.billing_customer_id as string, data: body.data }
}

const enter = (client_secret: string, payment_method = 'pm_card_visa') =>
  world.simulate('confirm_setup', { client_secret, payment_method })
const confirm = (billing_customer_id: string, gateway = 'stripe') =>
  world.edge('confirmPaymentMethod', { billing_customer_id, gateway, brand_id: undefined })
const email = 'buyer@personal.example.com'
const approve = (setup_token: string) => world.simulatePayPal('approve', { setup_token, outcome: 'approve', email })

test('a card on the caller’s form: charged once, active, and returned as documented', async () => {
  const { bc, data, status } = await setUp()
  expect([status, data]).toEqual([
    200,
    {
      gateway: 'stripe',
      client_secret: expect.stringMatching(/^seti_\w+_secret_/),
      publishable_key: 'pk_test_world',
      setup_intent_id: expect.stringMatching(/^seti_/),
      stripe_customer_id: expect.stringMatching(/^cus_/),
      billing_customer_id: expect.stringMatching(/^bc_/),
    },
  ])
  const early = await confirm(bc)
  expect([early.status, early.body.billing_customer_id]).toEqual([409, bc])
  await enter(data.client_secret)
  const { status: confirmed, body } = await confirm(bc)
  expect([confirmed, body]).toEqual([
    200,
    {
      status: 'success',
      data: {
        gateway: 'stripe',
        pm_label: 'Visa •••• 4242',
        bc_status: 'active',
        revenue_id: expect.stringMatching(/^rev_/),
        payment_data: {
          pm_id: expect.stringMatching(/^pm_/),
          pm_type: 'card',
          pm_label: 'Visa •••• 4242',
          card_brand: 'visa',
          card_last4: '4242',
          customer_id: data.stripe_customer_id,
          card_exp_year: 2034,
          card_exp_month: 12,
        },
        billing_customer_id: bc,
      },
    },
  ])
  expect((await confirm(bc)).body).toEqual(body)
  // The gateway's news of the form is nobody's business, and no dead letter.
  const news = await until(
    () => world.sql`select state from gateway_events where object_id = ${data.setup_intent_id}`,
    (rows) => rows.length > 0,
  )
  // One says that the form's object was made, one that a card was saved.
  expect(new Set(news.map(({ state }) => state))).toEqual(new Set(['done']))
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 1500, customer: data.stripe_customer_id }])
})

test('PayPal: approved where the caller sends the customer, charged once', async () => {
  const { bc, data } = await setUp(undefined, { gateway: 'paypal' })
  expect(data).toEqual({
    gateway: 'paypal',
    order_id: expect.any(String),
    approval_url: expect.stringContaining('/agreements/approve'),
    billing_customer_id: bc,
  })
  expect((await confirm(bc, 'paypal')).status).toBe(409)
  await approve(data.order_id)
  const { status, body } = await confirm(bc, 'paypal')
  expect([status, body.data]).toEqual([
    200,
    expect.objectContaining({
      gateway: 'paypal',
      bc_status: 'active',
      pm_label: email,
      revenue_id: expect.stringMatching(/^rev_/),
      payment_data: {
        payer_id: expect.any(String),
        pm_label: email,
        vault_token: expect.any(String),
      },
    }),
  ])
  expect(await world.payPalCharges(bc)).toHaveLength(1)
})

test('ten concurrent calls of each step: one form, one charge', async () => {
  const contact = world.newContact()
  const forms = await Promise.all(Array.from({ length: 10 }, () => setUp(contact)))
  expect(new Set(forms.map(({ data }) => data.setup_intent_id)).size).toBe(1)
  const { bc, data } = forms[0]!
  await enter(data.client_secret)
  const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(bc)))
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.data.bc_status}`))).toEqual(
    new Set(['200 active']),
  )
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('concurrently with the hosted page: whichever is first, one charge', async () => {
  for (let round = 0; round < 3; round++) {
    const { contact, bc, page } = await world.openSetup()
    const { data } = await setUp(contact)
    await enter(data.client_secret)
    const token = await page.cardToken()
    await Promise.all([confirm(bc), page.submitToken(token)])
    expect(await world.ended(bc)).toBe('completed')
    expect((await world.ledger(bc)).charges).toHaveLength(1)
    const { body } = await confirm(bc)
    expect(body.data.bc_status).toBe('active')
  }
})

test.each(['lose_answer', 'error_after', 'error_before', 'reset'])(
  '%s at each call of the gateway: the caller repeats, one charge',
  async (fault) => {
    for (const path of ['/v1/customers', '/v1/setup_intents']) await world.fault(path, fault)
    const contact = world.newContact()
    const { bc, data } = await until(
      () => setUp(contact),
      ({ status }) => status === 200,
    )
    await enter(data.client_secret)
    for (const path of ['/v1/payment_intents', '/v1/payment_intents/*/confirm']) await world.fault(path, fault)
    await until(
      () => confirm(bc),
      ({ body }) => body.data?.bc_status === 'active',
    )
    expect((await world.ledger(bc)).charges).toHaveLength(1)
  },
)

test('a decline on the form or of the charge returns 402; a repeat tries nothing; another card pays', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret, 'pm_card_visa_chargeDeclinedInsufficientFunds')
  const onForm = await confirm(bc)
  expect([onForm.status, onForm.body]).toEqual([
    402,
    { status: 'error', errors: [expect.stringContaining('insufficient funds')], billing_customer_id: bc },
  ])
  await enter(data.client_secret, 'pm_card_chargeCustomerFail')
  const atCharge = await confirm(bc)
  expect([atCharge.status, (await world.billingCustomer(bc)).status]).toEqual([402, 'pending'])
  const again = await confirm(bc)
  expect([again.status, again.body]).toEqual([402, atCharge.body])
  expect(
    await world.sql`
    select state from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where o.billing_customer_id = ${bc}`,
  ).toEqual([{ state: 'declined' }, { state: 'declined' }])
  const next = await setUp(contact)
  expect(next.data.setup_intent_id).not.toBe(data.setup_intent_id)
  expect((await confirm(bc)).status).toBe(409)
  await enter(next.data.client_secret)
  expect((await confirm(bc)).body.data.bc_status).toBe('active')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('two calls, one of which reads the form late: a declined card is tried once', async () => {
  const { bc, data } = await setUp()
  await enter(data.client_secret, 'pm_card_chargeCustomerFail')
  const reading = await world.hold(`/v1/setup_intents/${data.setup_intent_id}`, 'GET')
  const late = untilAnswered(() => confirm(bc))
  await reading.reached()
  const first = await confirm(bc)
  await reading.release()
  expect([first.status, (await late).status]).toEqual([402, 402])
  expect(
    await world.sql`
    select 1 from payment_attempts a join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc}`,
  ).toHaveLength(1)
})

test('a bank asks at the charge: 200, pending, with a link; confirmed there it completes', async () => {
  const { bc, data } = await setUp()
  await enter(data.client_secret, 'pm_card_authenticationRequired')
  expect((await confirm(bc)).body.data).toMatchObject({ bc_status: 'pending', requires_action: true })
  await world.simulate('authenticate', { setup_intent: data.setup_intent_id, outcome: 'succeed' })
  const { status, body } = await until(
    () => confirm(bc),
    ({ body }) => body.data?.requires_action === true,
  )
  expect([status, body.data.bc_status, body.data.revenue_id]).toEqual([200, 'pending', null])
  const page = world.pageOf(body.data.setup_url)
  const { body: progress } = await until(
    () => page.progress(),
    ({ body }) => body.action !== undefined,
  )
  world.secrets.add(progress.action.client_secret)
  const payment_intent = progress.action.client_secret.split('_secret_')[0]
  await world.simulate('authenticate', { payment_intent, outcome: 'succeed' })
  await page.actionCompleted()
  expect(await world.ended(bc)).toBe('completed')
  expect((await confirm(bc)).body.data).toMatchObject({ bc_status: 'active', gateway: 'stripe' })
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a response with a client secret is not stored: the same key runs the call again, for the same form', async () => {
  const key = { 'Idempotency-Key': randomUUID() }
  const body = { contact_id: world.newContact() }
  const first = await world.edge('setupPaymentMethod', body, key)
  const again = await world.edge('setupPaymentMethod', body, key)
  world.secrets.add(first.body.data.client_secret)
  expect([again.headers.get('Idempotent-Replayed'), again.body]).toEqual([null, first.body])
  const secret = first.body.data.client_secret.split('_secret_')[1]
  for (const table of ['idempotency_keys', 'approval_sessions', 'events', 'payment_attempts'])
    expect(JSON.stringify(await world.sql`select * from ${world.sql(table)}`), table).not.toContain(secret)
})

test('an active customer replaces the method on the caller’s form: no charge, the old one detached', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret)
  const old = (await confirm(bc)).body.data.payment_data.pm_id
  const next = await setUp(contact, { bc_id: bc })
  await enter(next.data.client_secret, 'pm_card_mastercard')
  const { body } = await confirm(bc)
  expect(body.data).toMatchObject({ bc_status: 'active', pm_label: 'Mastercard •••• 4444', revenue_id: null })
  const { charges, methods } = await world.ledger(bc)
  expect(charges).toHaveLength(1)
  expect(methods.map(({ id }) => id)).toEqual([body.data.payment_data.pm_id])
  expect(methods.map(({ id }) => id)).not.toContain(old)
})

test('after a cancellation the form saves nothing, what it saved is removed, and a new setup is required', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  expect(await world.ended(bc)).toBe('canceled')
  const { body } = await world.simulate('ledger')
  expect(
    body.payment_methods.filter(({ customer }: { customer: string }) => customer === data.stripe_customer_id),
  ).toEqual([])
  expect((await confirm(bc)).status).toBe(409)
  const next = await setUp(contact)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  expect(await world.ended(bc)).toBe('canceled')
  expect((await enter(next.data.client_secret)).status).toBe(400)
})

test('a form’s object with the metadata of another setup is not accepted, and the next form is a new one', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret)
  await world.atStripe('POST', `/v1/setup_intents/${data.setup_intent_id}`, { 'metadata[billing_customer_id]': 'bc_x' })
  const { status, body } = await confirm(bc)
  expect([status, body.errors]).toEqual([
    409,
    ['gateway: the entered payment method cannot be used; call setupPaymentMethod again'],
  ])
  const next = await setUp(contact)
  expect(next.data.setup_intent_id).not.toBe(data.setup_intent_id)
  await enter(next.data.client_secret)
  expect((await confirm(bc)).body.data.bc_status).toBe('active')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('rejects objects of another caller or another contact', async () => {
  const { bc } = await setUp()
  const { secret_key: api_key, org_id, brand_id } = world.seeds.other_org
  const foreign = { api_key, org_id, brand_id }
  const theirs = await world.edge('confirmPaymentMethod', { ...foreign, billing_customer_id: bc, gateway: 'stripe' })
  expect(theirs.status).toBe(404)
  expect((await setUp(world.newContact(), { bc_id: bc })).body.errors).toEqual([
    'contact_id: is not the contact of this billing customer',
  ])
  expect((await setUp(world.newContact(), { bc_id: 'bc_nothing' })).status).toBe(404)
  expect((await world.edge('confirmPaymentMethod', { billing_customer_id: bc, gateway: 'paypal' })).status).toBe(409)
})
