import { expect, test } from 'vitest'
import { until } from '../../../support/until.ts'
import { withOwnForm, world, setUp, enter, confirm } from '../../../support/api/own-form.ts'

// The caller's own form: one charge, whatever is lost and whoever calls at the same time.

withOwnForm()

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
