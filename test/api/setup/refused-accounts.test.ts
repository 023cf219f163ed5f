import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { features } from '../../../tools/simulators/paypal/behavior/features.ts'
import { createAccountSealing } from '../../../store/gateway-accounts/account-sealing.ts'
import { recordAccountAccepted } from '../../../store/gateway-accounts/refused-accounts.ts'
import { callersExpired } from '../../support/callers-expired.ts'
import {
  chargedAt,
  command,
  connectAccount,
  payPalKeys,
  stripeKeys,
  useAccounts,
} from '../../support/gateways/own-accounts.ts'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// An account that its gateway rejects: the gateway is hidden, operators are told, and it comes back.

let world: World
let [card, wallet] = ['', '']
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true, listen: true })
  card = await connectAccount(world, 'stripe', stripeKeys('shop'))
  wallet = await connectAccount(world, 'paypal', payPalKeys('wallet-shop'))
})
afterEach(async () => {
  await world.clearFaults()
  await world.clearPayPalFaults()
  await world.sql`delete from refused_gateways`
})
afterAll(() => world.close())

const offered = async (page: SetupPage) => (await page.progress()).body.gateways
const needed = async (bc: string) => (await world.billingCustomer(bc)).needs_person?.reason ?? null
const errors = () => world.logged.filter((line) => (JSON.parse(line) as { level: string }).level === 'error')
const tokenOf = (page: SetupPage, name: string) => page.cardToken(undefined, `pk_test_${name}`)
const retry = (bc: string) => world.asNative('POST', `/v1/billing_customers/${bc}/retry`, {})
const grant = (list: readonly string[]) => world.simulatePayPal('settings?account=wallet-shop', { features: list })

test.each([
  ['own', 'shop'],
  ['shared', 'world'],
] as const)(
  'Stripe rejects the key of the %s account: a card needs an operator, others see PayPal only',
  async (whose, name) => {
    await useAccounts(world, whose)
    const [first, second] = [await world.openSetup(), await world.openSetup()]
    expect(await offered(second.page)).toEqual(['stripe', 'paypal'])
    const token = await tokenOf(first.page, name)
    for (const path of ['/v1/customers', '/v1/payment_intents'])
      await world.fault(path, 'unauthorized', { times: 100_000 })
    expect((await first.page.submitToken(token)).status).toBe(202)
    await until(
      () => needed(first.bc),
      (reason) => reason === 'gateway_refused',
    )
    expect(await offered(second.page)).toEqual(['paypal'])
    expect(await needed(second.bc)).toBeNull()
    expect((await second.page.open()).body).not.toContain('value="stripe"')
    // Another account of the organization is not concerned.
    await useAccounts(world, whose === 'own' ? 'shared' : 'own')
    expect(await offered(second.page)).toEqual(['stripe', 'paypal'])
    await useAccounts(world, whose)
    await world.clearFaults()
    await retry(first.bc)
    expect(await offered(second.page)).toEqual(['stripe', 'paypal'])
    expect(await world.ended(first.bc)).toBe('completed')
    expect(await chargedAt(world, first.bc)).toHaveLength(1)
  },
)

test('PayPal does not let an own account vault: it is hidden until it is verified again', async () => {
  await useAccounts(world, 'own')
  const [first, second] = [await world.openSetup(), await world.openSetup()]
  const before = errors().length
  await grant(features.filter((each) => each !== 'vaulting'))
  expect((await first.page.openPayPal()).status).toBe(409)
  expect(await needed(first.bc)).toBe('gateway_refused')
  expect(errors().slice(before).join()).toContain(wallet)
  expect(await offered(second.page)).toEqual(['stripe'])
  const { body } = await command(world, wallet, 'verify')
  expect(body).toMatchObject({ permissions: { payment_methods: false } })
  expect(body.problem).toContain('payment_methods')
  // Not after a while: only a verification, a retry or other keys show whether it is accepted again.
  await world.sql`update refused_gateways set offered_at = now()`
  expect(await offered(second.page)).toEqual(['stripe'])
  await grant(features)
  expect(await offered(second.page)).toEqual(['stripe'])
  expect((await command(world, wallet, 'verify')).body.problem).toBeNull()
  expect(await offered(second.page)).toEqual(['stripe', 'paypal'])
  expect(await needed(first.bc)).toBeNull()
  expect((await second.page.submitPayPal()).status).toBe(202)
  expect(await world.ended(second.bc)).toBe('completed')
  expect(await chargedAt(world, second.bc)).toEqual([{ accountId: wallet }])
})

test('Stripe does not let an account charge: verify says so and hides it until it may', async () => {
  await useAccounts(world, 'own')
  const { page } = await world.openSetup()
  await world.simulate('settings?account=shop', { charges_enabled: false })
  const { body } = await command(world, card, 'verify')
  expect(body).toMatchObject({
    permissions: { charging: false, payments: true },
    problem: 'the gateway does not let the account charge',
  })
  expect(await offered(page)).toEqual(['paypal'])
  // Neither another webhook secret nor a call that the gateway accepts says that it may charge.
  const rotated = await command(world, card, 'rotate', { webhook_secret: `whsec_${'of-the-shop'.repeat(3)}` })
  expect(rotated.body.problem).toBe('the gateway does not let the account charge')
  const tenant = { organizationId: world.seeds.org_id, environment: 'sandbox' } as const
  await recordAccountAccepted(world.sql, tenant, { gateway: 'stripe', accountId: card })
  expect(await offered(page)).toEqual(['paypal'])
  await world.simulate('settings?account=shop', { charges_enabled: true })
  await command(world, card, 'verify')
  expect(await offered(page)).toEqual(['stripe', 'paypal'])
})

test('keys that cannot be decrypted: the page offers the other gateway, and an operator is told', async () => {
  await useAccounts(world, 'own')
  const { bc, page } = await world.openSetup()
  const account = { accountId: card, environment: 'sandbox', gateway: 'stripe' } as const
  const [before] = await world.sql`select wrapped_key from gateway_accounts where id = ${card}`
  const other = createAccountSealing(['another-key-of-this-test-run-and-no-other']).newKey(account)
  const store = async (key: unknown) => {
    await world.sql`
      update gateway_accounts set wrapped_key = ${key as Buffer}, revision = revision + 1 where id = ${card}`
    await callersExpired()
  }
  await store(other)
  const { status, body } = await page.open()
  expect(status).toBe(200)
  expect(body).not.toContain('value="stripe"')
  expect(await offered(page)).toEqual(['paypal'])
  expect(await needed(bc)).toBe('gateway_refused')
  const existing = { gateway: 'stripe', payment_method_id: 'pm_card_visa', gateway_customer_id: 'cus_1' }
  const call = { customer_id: world.newContact(), require_initial: false, ...existing }
  const refused = await world.asNative('POST', '/v1/billing_customers', call)
  expect([refused.status, refused.body.code]).toEqual([409, 'gateway_refused'])
  await store(before!.wrappedKey)
  await command(world, card, 'verify')
  expect(await offered(page)).toEqual(['stripe', 'paypal'])
  expect(await needed(bc)).toBeNull()
})
