import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccountSealing } from '../../../../../store/gateway-accounts/account-sealing.ts'
import { everythingStored } from '../../../../support/everything-stored.ts'
import { pageDataIn } from '../../../../support/world/page-data.ts'
import { accountSealing } from '../../../../support/world/gateways.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'
import { callersExpired } from '../../../../support/callers-expired.ts'

// Organizations with gateway accounts of their own, at a simulator that keeps the data of each account apart.

let world: World
beforeAll(async () => {
  world = await createWorld({ listen: true })
})
afterAll(() => world.close())

const keysOf = (name: string) => ({ secret_key: `sk_test_${name}`, publishable_key: `pk_test_${name}` })
const connect = (keys: object, key = world.seeds.secret_key) =>
  world.asNative('POST', '/v1/gateway_accounts', { gateway: 'stripe', ...keys }, key)
const command = (id: string, name: string, body?: object) =>
  world.asNative('POST', `/v1/gateway_accounts/${id}/${name}`, body)

const firstAccount = async () => {
  const { body } = await world.asNative('GET', '/v1/gateway_accounts')
  return body.data.at(-1)
}

test('an account is connected with its keys, which nothing shows or stores in plain text', async () => {
  const { status, body } = await connect(keysOf('shop'))
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { gateway: 'stripe', status: 'active', vendor_account_id: 'acct_sim_shop', key_hint: '…shop' },
  })
  expect(body.webhook_endpoint_id).toMatch(/^we_/)
  expect(JSON.stringify(body)).not.toContain('sk_test_shop')
  const stored = (await everythingStored(world.sql)).join('\n')
  expect(stored).not.toContain('sk_test_shop')
  expect(stored).not.toMatch(/whsec_(?!test)/)
  expect(world.logged.join('\n')).not.toContain('sk_test_shop')
})

test.each<[string, object, object]>([
  [
    'a live key in the sandbox',
    { secret_key: 'sk_live_shop', publishable_key: 'pk_test_shop' },
    { param: 'secret_key' },
  ],
  ['no publishable key', { secret_key: 'sk_test_other' }, { param: 'publishable_key' }],
  ['a key of another gateway', { ...keysOf('other'), client_id: 'AYxxxxxxxxxxxx' }, { param: 'client_id' }],
])('%s is rejected, and the error does not repeat the key', async (_what, keys, error) => {
  const { status, body } = await connect(keys)
  expect({ status, body }).toMatchObject({ status: 400, body: error })
  expect(JSON.stringify(body)).not.toMatch(/sk_live_shop|AYxx/)
})

test('an account is connected once, and an organization has one active account at a gateway', async () => {
  expect((await connect(keysOf('second'))).body).toMatchObject({ status: 409, code: 'gateway_account_active' })
  const { secret_key: other } = world.seeds.other_org
  expect((await connect(keysOf('shop'), other)).body).toMatchObject({ status: 409, code: 'gateway_account_exists' })
  // The keys of the installation's account.
  expect((await connect(keysOf('world'), other)).body).toMatchObject({ status: 409, code: 'gateway_account_exists' })
})

test('an account of another organization does not exist', async () => {
  const { id } = await firstAccount()
  const key = world.seeds.other_org.secret_key
  expect((await world.asNative('GET', `/v1/gateway_accounts/${id}`, undefined, key)).status).toBe(404)
  for (const name of ['verify', 'rotate', 'drain', 'disable', 'activate'])
    expect((await world.asNative('POST', `/v1/gateway_accounts/${id}/${name}`, {}, key)).status).toBe(404)
})

test('customers pay at the own account; another account never sees its objects', async () => {
  await world.asNative('PATCH', '/v1/settings', { gateway_accounts: 'own' })
  await callersExpired()
  const { id } = await firstAccount()
  const { bc, page } = await world.openSetup()
  const { body: html } = await page.open()
  expect(pageDataIn(html).gateways).toMatchObject([{ name: 'stripe', publishableKey: 'pk_test_shop' }])
  const submitted = await world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/submit`, { outcome: 'pays' })
  expect(submitted.status).toBe(200)
  await world.ended(bc)
  const [object] = await world.sql`
    select p.account_id, p.object_id, c.account_id as charged, b.account_id as holder
    from payment_objects p join onboardings o on o.id = p.onboarding_id
      join billing_customers b on b.id = o.billing_customer_id
      join charges c on c.object_onboarding_id = p.onboarding_id and c.k = p.k
    where b.id = ${bc}`
  expect(object).toMatchObject({ accountId: id, charged: id, holder: id })
  const { body } = await world.request(`${world.simulator.url}/_sim/accounts`)
  expect(body.cross_account).toBe(0)
})

test('verify tries each permission', async () => {
  const { id } = await firstAccount()
  const { body } = await command(id, 'verify')
  expect(body).toMatchObject({ id, problem: null, webhook: 'enabled', permissions: { payments: true, refunds: true } })
})

test('keys are replaced only by keys of the same account', async () => {
  const { id } = await firstAccount()
  expect((await command(id, 'rotate', { secret_key: 'sk_test_second' })).body).toMatchObject({
    status: 409,
    code: 'gateway_account_differs',
  })
  const rotated = await command(id, 'rotate', { secret_key: 'rk_test_shop' })
  expect(rotated).toMatchObject({ status: 200, body: { vendor_account_id: 'acct_sim_shop' } })
})

test('a key that cannot be decrypted is reported to operators, and nothing is sent elsewhere', async () => {
  const { id } = await firstAccount()
  const foreign = createAccountSealing(['another-key-of-this-test-run-and-no-other'])
  const account = { accountId: id, environment: 'sandbox', gateway: 'stripe' } as const
  const [before] = await world.sql`select wrapped_key, revision from gateway_accounts where id = ${id}`
  await world.sql`
    update gateway_accounts set wrapped_key = ${foreign.newKey(account)}, revision = revision + 1 where id = ${id}`
  await callersExpired()
  await expect(world.gateways.of(id)).rejects.toMatchObject({ kind: 'refused', vendorCode: 'account_keys_unreadable' })
  await world.sql`
    update gateway_accounts set wrapped_key = ${before!.wrappedKey}, revision = revision + 1 where id = ${id}`
  await callersExpired()
  expect((await world.gateways.of(id)).accountId).toBe(id)
  expect(accountSealing.hasKey).toBe(true)
})

test('a disabled account reads and refunds, and charges nothing', async () => {
  const { id } = await firstAccount()
  const [charge] = await world.sql<{ objectId: string }[]>`
    select object_id from payment_objects where account_id = ${id} and state = 'paid' limit 1`
  await command(id, 'disable')
  await callersExpired()
  const gateway = await world.gateways.of(id)
  expect(await gateway.read({ kind: 'payment', id: charge!.objectId } as never)).toMatchObject({ state: 'paid' })
  const creating = gateway.createCustomer({ organization_id: 'org', environment: 'sandbox' } as never, 'key-1')
  await expect(creating).rejects.toMatchObject({ kind: 'refused', vendorCode: 'account_disabled' })
  expect((await command(id, 'activate')).body.status).toBe('active')
})

test('without GATEWAY_KEYS no account is connected, and the error names the variable', async () => {
  const other = await createWorld({ withoutGatewayKeys: true, worker: false })
  const { status, body } = await other.asNative('POST', '/v1/gateway_accounts', {
    gateway: 'stripe',
    ...keysOf('shop'),
  })
  expect({ status, body }).toMatchObject({ status: 409, body: { code: 'gateway_keys_missing' } })
  expect(body.detail).toContain('GATEWAY_KEYS is not set')
  expect(await other.sql`select from gateway_accounts where organization_id is not null`).toHaveLength(0)
  await other.close()
})
