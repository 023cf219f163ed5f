import { expect, test } from 'vitest'
import {
  atStripe,
  confirmWith,
  eachWithStripe,
  gateway,
  newIntent,
  simulate,
} from '../support/gateways/stripe-gateway.ts'

// Methods from wallets, as the hosted page submits them, and domains on which Stripe shows wallets.
eachWithStripe()

/** Creates the token of a wallet, as Stripe.js does. */
async function tokenFrom(wallet: string, card = 'pm_card_visa'): Promise<string> {
  const { body } = await atStripe('POST', '/v1/confirmation_tokens', {
    'payment_method_data[type]': 'card',
    'payment_method_data[card][token]': card,
    'payment_method_data[card][wallet]': wallet,
  })
  return body.id
}

test.each(['apple_pay', 'google_pay', 'link'])(
  '%s pays, is saved as a card, and can be charged later',
  async (wallet) => {
    const first = await newIntent()
    const paid = await confirmWith(first, await tokenFrom(wallet), { singleUse: true })
    expect(paid).toMatchObject({
      state: 'paid',
      amount: 1500,
      method: { label: 'Visa •••• 4242', details: { type: 'card', brand: 'visa', last4: '4242' } },
    })
    const { id } = (paid as Extract<typeof paid, { state: 'paid' }>).method
    expect((await atStripe('GET', `/v1/payment_methods/${id}`)).body.card.wallet.type).toBe(wallet)
    expect(await gateway.readMethod(id)).toMatchObject({ attached: true, label: 'Visa •••• 4242' })
    const later = await gateway.createObject(
      {
        kind: 'payment',
        customerId: first.customerId,
        amount: 1500,
        currency: 'USD',
        metadata: {} as never,
        reference: '',
      },
      'later',
    )
    const object = { kind: 'payment' as const, id: later }
    expect(await confirmWith({ ...first, object }, id, { offSession: true, key: 'confirm-later' })).toMatchObject({
      state: 'paid',
    })
    expect((await simulate('ledger')).body.charges).toHaveLength(2)
  },
)

test('a wallet saved without a charge can be charged later', async () => {
  const setup = await newIntent('setup')
  const saved = await confirmWith(setup, await tokenFrom('google_pay'), { singleUse: true })
  expect(saved).toMatchObject({ state: 'paid', amount: 0, method: { label: 'Visa •••• 4242' } })
})

test('what Link pays with other than a card is called Link, not by the digits 0000', async () => {
  const paid = await confirmWith(await newIntent(), await tokenFrom('link', 'pm_card_simulator_link_bank'), {
    singleUse: true,
  })
  expect(paid).toMatchObject({ state: 'paid', method: { label: 'Link', details: { brand: 'link', last4: '0000' } } })
})

test('a domain is registered once, and enabled if it was disabled; an inactive wallet says why', async () => {
  const active = ['Apple Pay', 'Google Pay', 'Link'].map((wallet) => ({ wallet, status: 'active', reason: null }))
  await simulate('settings', { inactive_on_domains: ['apple_pay'] })
  const [apple, ...others] = await gateway.registerDomain!('pay.example.com')
  expect(apple).toEqual({
    wallet: 'Apple Pay',
    status: 'inactive',
    reason: 'The domain could not be verified (simulated).',
  })
  expect(others).toEqual(active.slice(1))
  await simulate('settings', { inactive_on_domains: [] })
  const listed = async () => (await atStripe('GET', '/v1/payment_method_domains')).body.data
  const [{ id }] = await listed()
  await atStripe('POST', `/v1/payment_method_domains/${id}`, { enabled: 'false' })
  expect(await gateway.registerDomain!('pay.example.com')).toEqual(active)
  expect(await listed()).toMatchObject([{ id, domain_name: 'pay.example.com', enabled: true }])
  expect(await gateway.registerDomain!('www.example.com')).toEqual(active)
  expect(await listed()).toHaveLength(2)
})

test('Stripe.js offers wallets on a domain that is registered and enabled, and on this machine', async () => {
  await simulate('settings', { wallets: ['apple_pay', 'link'], inactive_on_domains: ['apple_pay'] })
  const offered = async (host: string) => (await simulate(`wallets?host=${host}`)).body.wallets
  expect(await offered('127.0.0.1')).toEqual(['apple_pay', 'link'])
  expect(await offered('pay.example.com')).toEqual([])
  await gateway.registerDomain!('pay.example.com')
  expect(await offered('pay.example.com')).toEqual(['link'])
  const [{ id }] = (await atStripe('GET', '/v1/payment_method_domains')).body.data
  await atStripe('POST', `/v1/payment_method_domains/${id}`, { enabled: 'false' })
  expect(await offered('pay.example.com')).toEqual([])
})

test.each(['https://pay.example.com', 'pay.example.com:443', 'localhost', '127.0.0.1', 'pay example.com'])(
  'the simulator rejects the domain %s, as Stripe does',
  async (domain_name) => {
    const { status, body } = await atStripe('POST', '/v1/payment_method_domains', { domain_name })
    expect([status, body.error.param]).toEqual([400, 'domain_name'])
  },
)
