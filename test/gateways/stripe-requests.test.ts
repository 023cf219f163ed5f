import { describe, expect, test } from 'vitest'
import { stripeGateway } from '../../gateways/stripe/stripe-gateway.ts'
import {
  atStripe,
  confirmWith,
  eachWithStripe,
  gateway,
  metadata,
  newIntent,
  returnUrl,
  simulate,
  simulator,
} from '../support/gateways/stripe-gateway.ts'

eachWithStripe()

const saved = async (customerId: string, card = 'pm_card_visa') =>
  (await simulate('payment_methods', { card, customer: customerId })).body.id as string
/** Returns the requests of the gateway, newest last. */
const sent = async (path: RegExp) => {
  const { body } = await simulate('requests')
  return (body.requests as { method: string; path: string; input: Record<string, unknown> }[])
    .filter((request) => request.method === 'POST' && path.test(request.path))
    .map(({ input }) => input)
}
const confirms = () => sent(/_intents\/.+\/confirm$/)

describe('a return address', () => {
  test('is sent with every confirm: of cards, of saved methods, with and without the customer, of setups', async () => {
    const [payment, setup] = [await newIntent(), await newIntent('setup')]
    const { body: token } = await atStripe('POST', '/v1/test_helpers/confirmation_tokens', {
      payment_method: 'pm_card_visa_chargeDeclined',
    })
    await confirmWith(payment, token.id, { singleUse: true, key: 'k1' })
    await confirmWith(payment, 'pm_card_chargeCustomerFail', { key: 'k2' })
    await confirmWith(await newIntent('payment', 'other'), await saved(payment.customerId), {
      offSession: true,
      key: 'k3',
    })
    await confirmWith(setup, await saved(setup.customerId), { key: 'k4' })
    expect((await confirms()).map((input) => input.return_url)).toEqual(Array(4).fill(returnUrl))
  })

  test.each(['payment', 'setup'] as const)(
    'is required by Stripe for a %s, even with a token without one',
    async (kind) => {
      const { object, customerId } = await newIntent(kind)
      const path = `/v1/${kind}_intents/${object.id}/confirm`
      const refused = await atStripe('POST', path, { payment_method: await saved(customerId) })
      expect([refused.status, refused.body.error.code]).toEqual([400, undefined])
      expect(refused.body.error.message).toContain('A `return_url` must be specified')
      const tokenOf = async (form: object) =>
        (await atStripe('POST', '/v1/test_helpers/confirmation_tokens', { payment_method: 'pm_card_visa', ...form }))
          .body.id
      const bare = await atStripe('POST', path, { confirmation_token: await tokenOf({}) })
      expect(bare.status).toBe(400)
      const whole = await atStripe('POST', path, { confirmation_token: await tokenOf({ return_url: returnUrl }) })
      expect(whole.body.status).toBe('succeeded')
    },
  )
})

describe('without its customer', () => {
  test('a saved card is charged as an unscheduled stored credential, and nothing is saved', async () => {
    const intent = await newIntent()
    await confirmWith(intent, await saved(intent.customerId), { offSession: true })
    expect(await confirms()).toMatchObject([
      { off_session: 'true', payment_method_options: { card: { stored_credential_usage: 'unscheduled' } } },
    ])
    expect((await confirms())[0]).not.toHaveProperty('setup_future_usage')
  })

  test('then with it: the intent is confirmed as on the page, without exclusive parameters', async () => {
    const intent = await newIntent()
    const id = await saved(intent.customerId, 'pm_card_authenticationRequired')
    const first = await confirmWith(intent, id, { offSession: true, key: 'k1' })
    expect(first).toMatchObject({ state: 'declined', code: 'authentication_required' })
    const second = await confirmWith(intent, id, { keep: false, key: 'k2' })
    expect(second).toMatchObject({ state: 'needs_customer' })
    expect((await confirms())[1]).not.toHaveProperty('setup_future_usage')
  })

  test('Stripe no longer accepts setup_future_usage on such an intent', async () => {
    const intent = await newIntent()
    const id = await saved(intent.customerId, 'pm_card_chargeCustomerFail')
    await confirmWith(intent, id, { offSession: true, key: 'k1' })
    await expect(confirmWith(intent, 'pm_card_visa', { key: 'k2' })).rejects.toMatchObject({ kind: 'refused' })
  })
})

describe('a payment has', () => {
  const create = (details: object, key = 'd') =>
    gateway.createObject(
      { kind: 'payment', customerId, amount: 1500, currency: 'USD', metadata, reference: '', details } as never,
      key,
    )
  let customerId: string
  const given = {
    description: 'Initial charge of Acme',
    statementDescriptorSuffix: 'SETUP',
    receiptEmail: 'ada@example.com',
  }

  test('its description and the texts of the settings', async () => {
    customerId = await gateway.createCustomer(metadata, 'c')
    const { body } = await atStripe('GET', `/v1/payment_intents/${await create(given)}`)
    expect(body).toMatchObject({
      description: 'Initial charge of Acme',
      statement_descriptor_suffix: 'SETUP',
      receipt_email: 'ada@example.com',
    })
  })

  test('without the texts that Stripe rejects: no email address blocks a payment', async () => {
    customerId = await gateway.createCustomer(metadata, 'c')
    const receiptEmail = 'ada@münchen.example'
    const id = await create({ ...given, receiptEmail })
    expect(await create({ ...given, receiptEmail })).toBe(id)
    const { body } = await atStripe('GET', `/v1/payment_intents/${id}`)
    expect(body).toMatchObject({ description: 'Initial charge of Acme', receipt_email: null })
  })

  test('its customer has name, email and address, without those that Stripe rejects', async () => {
    const details = { name: 'Ada', email: 'ada@example.com', line1: '1 Way', country: 'IN' }
    const full = await gateway.createCustomer(metadata, 'full', details)
    const plain = await gateway.createCustomer(metadata, 'plain', { ...details, email: 'no address' })
    const read = async (id: string) => (await atStripe('GET', `/v1/customers/${id}`)).body
    expect(await read(full)).toMatchObject({
      name: 'Ada',
      email: 'ada@example.com',
      address: { line1: '1 Way', country: 'IN', city: null },
    })
    expect(await read(plain)).toMatchObject({ name: null, email: null, metadata: { organization_id: 'org_1' } })
  })
})

test('an intent that someone set to manual capture needs an operator and is not waited for', async () => {
  const { object } = await newIntent()
  await simulate('intents', { id: object.id, status: 'requires_capture' })
  await expect(gateway.read(object)).rejects.toMatchObject({ kind: 'refused', vendorCode: 'requires_capture' })
})

test('a key that is not a valid header is a wrong key, not an outage', async () => {
  const broken = stripeGateway({
    secretKey: 'sk_test_x\n',
    webhookSecrets: [],
    apiUrl: simulator.url,
    returnUrl,
    timeout: 5_000,
  })
  await expect(broken.readMethod('pm_1')).rejects.toMatchObject({ kind: 'refused', vendorCode: 'cannot_be_sent' })
})

describe('3-D Secure on request', () => {
  test.each(['payment', 'setup'] as const)('is requested on a %s; an enrolled card requires it', async (kind) => {
    const plain = await confirmWith(await newIntent(kind), 'pm_card_threeDSecureOptional', { key: 'k1' })
    expect(plain.state).toBe('paid')
    const asked = await confirmWith(await newIntent(kind, 'asked'), 'pm_card_threeDSecureOptional', {
      challenge: true,
      key: 'k2',
    })
    expect(asked.state).toBe('needs_customer')
    const others = ['pm_card_visa', 'pm_card_amex'].map(async (card, i) =>
      confirmWith(await newIntent(kind, card), card, { challenge: true, key: `k${3 + i}` }),
    )
    expect((await Promise.all(others)).map(({ state }) => state)).toEqual(['paid', 'paid'])
    const cards = (await confirms()).map(
      ({ payment_method_options }) => (payment_method_options as { card: object }).card,
    )
    expect(cards[0]).toEqual({ setup_credential_usage: 'unscheduled', request_three_d_secure: 'automatic' })
    for (const card of cards.slice(1))
      expect(card).toEqual({ setup_credential_usage: 'unscheduled', request_three_d_secure: 'challenge' })
  })

  const optional = 'pm_card_threeDSecureOptional'

  test.each([
    ['with its customer', false],
    ['without its customer', true],
  ])(
    'applies only to the attempt that requested it: the next one on the same intent is made %s as usual',
    async (_, offSession) => {
      const intent = await newIntent()
      const challenged = { challenge: true, keep: false, key: 'k1' }
      expect((await confirmWith(intent, 'pm_card_visa_chargeDeclined', challenged)).state).toBe('declined')
      const next = await confirmWith(intent, await saved(intent.customerId, optional), {
        offSession,
        keep: false,
        key: 'k2',
      })
      expect(next.state).toBe('paid')
    },
  )

  test('stays on the intent at Stripe if a confirm does not set it', async () => {
    const intent = await newIntent()
    const challenged = { challenge: true, keep: false, key: 'k1' }
    await confirmWith(intent, 'pm_card_visa_chargeDeclined', challenged)
    const path = `/v1/payment_intents/${intent.object.id}/confirm`
    const form = {
      payment_method: await saved(intent.customerId, optional),
      return_url: returnUrl,
      off_session: 'true',
    }
    expect((await atStripe('POST', path, form)).body.error.code).toBe('authentication_required')
  })
})
