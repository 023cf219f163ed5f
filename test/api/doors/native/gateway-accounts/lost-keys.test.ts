import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GatewayAccount } from '../../../../../domain/reference.ts'
import { createAccountSealing } from '../../../../../store/gateway-accounts/account-sealing.ts'
import { callersExpired } from '../../../../support/callers-expired.ts'
import { connectAccount, stripeKeys, useAccounts } from '../../../../support/gateways/own-accounts.ts'
import { historiesOf } from '../../../../support/histories.ts'
import { until } from '../../../../support/until.ts'
import { pageDataIn } from '../../../../support/world/page-data.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

// Accounts whose keys cannot be decrypted: GATEWAY_KEYS is lost, or the rows were changed or moved.

let world: World
let id: string
let otherId: string
beforeAll(async () => {
  world = await createWorld({ listen: true, worker: false, longestRetryPause: 300 })
  id = await connectAccount(world, 'stripe', stripeKeys('shop'))
  otherId = await connectAccount(world, 'stripe', stripeKeys('elsewhere'), world.seeds.other_org.secret_key)
  await useAccounts(world, 'own')
})
afterAll(() => world.close())

const command = (name: string, body: object = {}) => world.asNative('POST', `/v1/gateway_accounts/${id}/${name}`, body)
const bumped = () => world.sql`update gateway_accounts set revision = revision + 1 where id = ${id}`

const account = (): GatewayAccount => ({ accountId: id, environment: 'sandbox', gateway: 'stripe' })
/** Encrypts the account's key as an installation did whose GATEWAY_KEYS nobody has. */
const loseKeys = () =>
  world.sql`update gateway_accounts set wrapped_key = ${createAccountSealing(['k'.repeat(32)]).newKey(account())}
    where id = ${id}`
const change = (name: string, sealed: (of: Buffer) => Buffer) => async () => {
  const [row] = await world.sql<{ sealed: Buffer }[]>`
    select sealed from gateway_secrets where account_id = ${id} and name = ${name} order by number desc limit 1`
  await world.sql`
    update gateway_secrets set sealed = ${sealed(row!.sealed)} where account_id = ${id} and name = ${name}`
}
const flipped = (sealed: Buffer) => Buffer.from(sealed.map((byte, i) => (i === sealed.length - 1 ? byte ^ 1 : byte)))

const changes: [string, () => Promise<unknown>][] = [
  ['a key that GATEWAY_KEYS does not decrypt', loseKeys],
  ['a changed secret key', change('secret_key', flipped)],
  ['a truncated secret key', change('secret_key', (sealed) => sealed.subarray(0, -2))],
  ['a secret key without its start', change('secret_key', (sealed) => sealed.subarray(3))],
  ['a changed webhook secret', change('webhook_secret', flipped)],
  [
    'the secret key of another account',
    () => world.sql`
      update gateway_secrets s set sealed = o.sealed from gateway_secrets o
      where s.account_id = ${id} and o.account_id = ${otherId} and s.name = 'secret_key' and o.name = s.name`,
  ],
  [
    'the secrets of another account together with its key',
    async () => {
      await world.sql`
        update gateway_secrets s set sealed = o.sealed from gateway_secrets o
        where s.account_id = ${id} and o.account_id = ${otherId} and o.name = s.name`
      await world.sql`
        update gateway_accounts a set wrapped_key = o.wrapped_key from gateway_accounts o
        where a.id = ${id} and o.id = ${otherId}`
    },
  ],
  [
    'a webhook secret in place of the secret key',
    () => world.sql`
      update gateway_secrets s set sealed = o.sealed from gateway_secrets o
      where s.account_id = ${id} and o.account_id = ${id} and s.name = 'secret_key' and o.name = 'webhook_secret'`,
  ],
]

test.each(changes)(
  '%s: nothing is sent, verify says what to do, and new keys are the way back',
  async (_what, lose) => {
    await lose()
    await bumped()
    await callersExpired()
    await expect(world.gateways.of(id)).rejects.toMatchObject({
      kind: 'refused',
      vendorCode: 'account_keys_unreadable',
    })
    const verified = await command('verify')
    expect(verified).toMatchObject({ status: 200, body: { permissions: {}, webhook: 'unknown' } })
    expect(verified.body.problem).toContain('GATEWAY_KEYS does not decrypt the stored keys')
    expect(JSON.stringify(verified.body)).not.toMatch(/sk_test_|whsec_/)

    // Nothing else can be encrypted beside what is lost.
    for (const body of [{ publishable_key: 'pk_test_shop' }, { webhook_secret: 'whsec_test_by_hand_0000' }]) {
      const { status, body: refused } = await command('rotate', body)
      expect({ status, refused }).toMatchObject({ status: 400, refused: { param: 'secret_key' } })
      expect(refused.detail).toContain('GATEWAY_KEYS does not decrypt')
    }
    expect((await command('rotate', { secret_key: 'sk_test_elsewhere' })).body.code).toBe('gateway_account_differs')

    const rotated = await command('rotate', { secret_key: 'sk_test_shop' })
    expect(rotated).toMatchObject({ status: 200, body: { problem: null, vendor_account_id: 'acct_sim_shop' } })
    await callersExpired()
    expect((await world.gateways.of(id)).accountId).toBe(id)
    expect((await command('verify')).body).toMatchObject({ problem: null, webhook: 'enabled' })
    // One endpoint at the gateway, whose secret is stored.
    const secrets = await world.sql`select name from gateway_secrets where account_id = ${id} order by name`
    expect(secrets.map(({ name }) => name)).toEqual(['secret_key', 'webhook_secret'])
    expect(world.logged.join('\n')).not.toMatch(/sk_test_|whsec_/)
  },
)

test('a webhook secret that is pasted with new keys is the only one, and no endpoint is created', async () => {
  await loseKeys()
  const { body } = await command('rotate', { secret_key: 'sk_test_shop', webhook_secret: 'whsec_test_by_hand_0000' })
  expect(body).toMatchObject({ problem: null, webhook_endpoint_id: null })
  await callersExpired()
  expect((await command('rotate', { secret_key: 'rk_test_shop' })).status).toBe(200)
})

test('a payment waits and says so, the page opens, and the payment completes after new keys', async () => {
  const { bc, page } = await world.openSetup()
  const submitted = await world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/submit`, { outcome: 'pays' })
  expect(submitted.status).toBe(200)
  await loseKeys()
  await bumped()
  await callersExpired()
  await world.startWorker()
  await until(async () => (await world.billingCustomer(bc)).needs_person?.reason === 'gateway_refused')
  const histories = await historiesOf(world.client, world.taskQueue)
  expect(histories.map(({ text }) => text).join()).toContain('gateway: refused (account_keys_unreadable)')
  expect((await page.open()).status).toBe(200)
  const other = await world.openSetup()
  const opened = await other.page.open()
  expect(opened).toMatchObject({
    status: 200,
    body: expect.stringContaining('does not accept their account') as string,
  })

  expect((await command('rotate', { secret_key: 'sk_test_shop' })).status).toBe(200)
  await callersExpired()
  // Pages offer the gateway again, and no retry waits for its time.
  expect(pageDataIn((await other.page.open()).body).gateways).toMatchObject([{ name: 'stripe' }])
  await world.asNative('POST', `/v1/billing_customers/${bc}/retry`, {})
  expect(await world.ended(bc)).toBe('completed')
  const charges = await world.sql`select account_id from charges where billing_customer_id = ${bc}`
  expect(charges.map(({ accountId }) => accountId)).toEqual([id])
})
