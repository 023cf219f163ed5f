import { afterAll, beforeAll, expect, test } from 'vitest'
import { features } from '../../../../../tools/simulators/paypal/behavior/features.ts'
import { callersExpired } from '../../../../support/callers-expired.ts'
import { useAccounts } from '../../../../support/gateways/own-accounts.ts'
import { until } from '../../../../support/until.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

// PayPal accounts of organizations. The client id names the account in the simulator: shop-client-app2 is another app.

let world: World
let id: string
beforeAll(async () => {
  world = await createWorld({ paypal: true, longestRetryPause: 300 })
})
afterAll(() => world.close())

const client = 'shop-client'
const keys = { client_id: client, client_secret: 'secret-of-the-shop-0001' }
const connect = (more: object, key = world.seeds.secret_key) =>
  world.asNative('POST', '/v1/gateway_accounts', { gateway: 'paypal', ...more }, key)
const command = (name: string, body: object = {}) => world.asNative('POST', `/v1/gateway_accounts/${id}/${name}`, body)
const grant = (list: readonly string[]) => world.simulatePayPal(`settings?account=${client}`, { features: list })
const revoke = (client_id: string, revoked: string) => world.simulatePayPal('secrets', { client_id, revoked })
const ledgerOf = async (account: string) => (await world.simulatePayPal(`ledger?account=${account}`)).body.charges

test('an account is connected, with a webhook of its own at PayPal', async () => {
  const { status, body } = await connect(keys)
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { gateway: 'paypal', status: 'active', key_hint: '…0001', publishable_key: client, problem: null },
  })
  id = body.id
  expect(body.webhook_url).toBe(`${world.apiUrl}/webhooks/paypal/${id}`)
  expect(body.webhook_endpoint_id).toMatch(/\w{5,}/)
  const { secret_key: other } = world.seeds.other_org
  expect((await connect({ ...keys, client_id: `${client}-app2` }, other)).body.code).toBe('gateway_account_exists')
})

test.each([
  ['no client id', { client_secret: keys.client_secret }, 'client_id'],
  ['a key of another gateway', { ...keys, publishable_key: 'pk_test_shop' }, 'publishable_key'],
  ['keys that PayPal rejects', { ...keys, client_id: 'bad-client-id' }, 'client_secret'],
])('%s is rejected, and the error does not repeat a secret', async (_what, given, param) => {
  const { status, body } = await connect(given, world.seeds.other_org.secret_key)
  expect({ status, body }).toMatchObject({ status: 400, body: { param } })
  expect(JSON.stringify(body)).not.toContain(keys.client_secret)
})

test('verify tries vaulting, disputes and search, and the webhook', async () => {
  expect((await command('verify')).body).toMatchObject({
    problem: null,
    webhook: 'enabled',
    permissions: { payments: true, payment_methods: true, disputes: true, reporting: true, webhooks: true },
  })
  await grant(['account_information', 'reference_transactions'])
  await world.simulatePayPal('clock', { revoke_tokens: true })
  const { body } = await command('verify')
  expect(body.permissions).toMatchObject({ payments: true, payment_methods: false, disputes: false, reporting: false })
  expect(body.problem).toBe('the keys lack permission for: payment_methods, disputes, reporting')
  await grant(features)
  await world.simulatePayPal('clock', { revoke_tokens: true })
  expect((await command('verify')).body.problem).toBeNull()
})

test('a customer pays at the own account, whose events arrive at its URL', async () => {
  await useAccounts(world, 'own')
  const { bc, page } = await world.openSetup()
  expect((await page.submitPayPal()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  const [charge, ...others] = await ledgerOf(client)
  expect(charge).toMatchObject({ amount: 1500, status: 'COMPLETED' })
  expect(others).toEqual([])
  expect(await ledgerOf('default')).toEqual([])
  const [row] = await world.sql`select account_id from charges where billing_customer_id = ${bc}`
  expect(row).toMatchObject({ accountId: id })
  await world.simulatePayPal('disputes', { charge: charge.id })
  await until(async () => (await world.eventTypes(bc)).includes('charge.disputed'))
  const events = await world.sql`select distinct account_id from gateway_events where gateway = 'paypal'`
  expect(events.map(({ accountId }) => accountId)).toEqual([id])
})

test('keys are replaced only by working keys of the same account, tried together with the stored ones', async () => {
  const refused = await command('rotate', { client_id: 'other-client-id' })
  expect(refused).toMatchObject({ status: 409, body: { code: 'gateway_account_differs' } })
  expect(await command('rotate', { client_id: 'other-client-id', client_secret: 'secret-of-others-1' })).toMatchObject({
    status: 409,
    body: { code: 'gateway_account_differs' },
  })
  // The stored secret is not of this app.
  await revoke(`${client}-app2`, keys.client_secret)
  expect(await command('rotate', { client_id: `${client}-app2` })).toMatchObject({
    status: 400,
    body: { param: 'client_id' },
  })
  await revoke(client, 'secret-of-the-shop-old')
  expect(await command('rotate', { client_secret: 'secret-of-the-shop-old' })).toMatchObject({
    status: 400,
    body: { param: 'client_secret' },
  })

  expect((await command('rotate', { client_secret: 'secret-of-the-shop-0002' })).body).toMatchObject({
    key_hint: '…0002',
    problem: null,
  })
  await revoke(client, keys.client_secret)
  await world.simulatePayPal('clock', { revoke_tokens: true })
  expect((await command('verify')).body).toMatchObject({ problem: null, webhook: 'enabled' })
})

test('another app of the account gets a webhook of its own, and customers pay through it', async () => {
  const before = (await world.asNative('GET', `/v1/gateway_accounts/${id}`)).body
  const app = { client_id: `${client}-app3`, client_secret: 'secret-of-the-shop-0003' }
  const { status, body } = await command('rotate', app)
  expect({ status, body }).toMatchObject({ status: 200, body: { publishable_key: app.client_id, problem: null } })
  expect(body.webhook_endpoint_id).not.toBe(before.webhook_endpoint_id)
  await callersExpired()
  const { bc, page } = await world.openSetup()
  expect((await page.submitPayPal()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
})

test('a drained account begins nothing; a disabled one still reads and refunds', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  const [charge] = await world.sql<{ id: string; objectId: string }[]>`
    select c.id, p.object_id from charges c
      join payment_objects p on p.onboarding_id = c.object_onboarding_id and p.k = c.k
    where c.billing_customer_id = ${bc}`
  const other = await world.openSetup()
  expect((await command('drain')).body.status).toBe('draining')
  await callersExpired()
  expect((await other.page.openPayPal()).status).toBe(400)
  expect((await command('disable')).body.status).toBe('disabled')
  await callersExpired()
  const gateway = await world.gateways.of(id)
  expect(await gateway.read({ kind: 'payment', id: charge!.objectId } as never)).toMatchObject({ state: 'paid' })
  const refund = await world.asNative('POST', `/v1/charges/${charge!.id}/refund`, { reason: 'returned' })
  expect(refund.status).toBe(200)
  await until(async () => (await world.eventTypes(bc)).includes('charge.refunded'))
  expect((await command('activate')).body.status).toBe('active')
})
