import { afterAll, beforeAll, expect, test } from 'vitest'
import { domainCommands } from '../../admin/domains.ts'
import { connectOwner } from '../support/gateways/connected-account.ts'
import { connectAccount, payPalKeys, refuseCrossAccount, stripeKeys } from '../support/gateways/own-accounts.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
let [card, wallet] = ['', '']
beforeAll(async () => {
  world = await createWorld({ paypal: true, worker: false })
  card = await connectAccount(world, 'stripe', stripeKeys('shop'))
  wallet = await connectAccount(world, 'paypal', payPalKeys('wallet-shop'))
})
afterAll(async () => {
  await refuseCrossAccount(world)
  await world.close()
})

const register = (account: string, environment = 'sandbox') => {
  const { sql: database, gateways, settingDefaults } = world
  const context = { database, gateways, settingDefaults, publicUrl: 'https://pay.example.com' }
  return domainCommands['register-payment-domain']!.run(context, { environment, account })
}

const domainsOf = async (key: string, connected?: string) =>
  (
    await world.request(`${world.simulator.url}/v1/payment_method_domains`, {
      headers: { Authorization: `Bearer ${key}`, ...(connected ? { 'Stripe-Account': connected } : {}) },
    })
  ).body.data.map(({ domain_name }: { domain_name: string }) => domain_name)

test('registers a domain at an organization’s own account, not at that of the installation', async () => {
  expect(await register(card)).toMatchObject({
    rows: [{ domain: 'pay.example.com', gateway: 'stripe', wallet: 'Apple Pay', status: 'active' }, {}, {}],
  })
  expect(await domainsOf('sk_test_shop')).toEqual(['pay.example.com'])
  expect(await domainsOf('sk_test_world')).toEqual([])
})

test('registers a domain at a connected account, with the keys of the platform', async () => {
  const other = world.seeds.other_org.secret_key
  const { id, vendor_account_id } = await connectOwner(world, other)
  expect(await register(id)).toMatchObject({ rows: [{ domain: 'pay.example.com', status: 'active' }, {}, {}] })
  expect(await domainsOf('sk_test_world', vendor_account_id)).toEqual(['pay.example.com'])
  expect(await domainsOf('sk_test_world')).toEqual([])
})

test.each<[string, () => string, string?]>([
  ['an unknown account', () => 'ga_unknown'],
  ['an account of a gateway without wallets', () => wallet],
  ['an account of the other environment', () => card, 'live'],
  ['the account of the installation', () => 'ga_stripe_sandbox'],
])('%s is rejected', async (_what, id, environment) => {
  await expect(register(id(), environment)).rejects.toMatchObject({
    param: '--account',
    message: expect.stringContaining('must be the id of an account at Stripe that an organization connected in'),
  })
})
