import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountSealing } from '../../../../support/world/gateways.ts'
import { callersExpired } from '../../../../support/callers-expired.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

// What one organization can make others pay for: each secret and each account costs time with every forged event.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false, listen: true, rateLimit: { failuresPerMinute: 10 } })
})
afterAll(() => world.close())

const connect = (name: string) =>
  world.asNative('POST', '/v1/gateway_accounts', {
    gateway: 'stripe',
    secret_key: `sk_test_${name}`,
    publishable_key: `pk_test_${name}`,
  })
const rotate = (id: string, webhook_secret: string) =>
  world.asNative('POST', `/v1/gateway_accounts/${id}/rotate`, { webhook_secret })

test('at most 5 webhook secrets verify events; a sixth is accepted once one has ended', async () => {
  const { id } = (await connect('limited')).body
  for (let i = 2; i <= 5; i++) expect((await rotate(id, `whsec_limit${i}`)).status).toBe(200)
  expect((await rotate(id, 'whsec_limit6')).body).toMatchObject({
    status: 409,
    code: 'limit_reached',
    detail: expect.stringMatching(/^5 webhook secrets verify events already; one ends at 20..-/),
  })
  await world.sql`update gateway_secrets set ends_at = now() where account_id = ${id} and number = 1`
  expect((await rotate(id, 'whsec_limit6')).status).toBe(200)
})

test('an organization has at most 50 accounts in an environment', async () => {
  const [first] = await world.sql`select id from gateway_accounts where organization_id is not null`
  await world.sql`
    insert into gateway_accounts (id, organization_id, environment, gateway, status, ownership, vendor_account_id,
      publishable_key, key_hint, wrapped_key)
    select 'ga_limit' || i, organization_id, environment, gateway, 'draining', ownership, 'acct_limit' || i,
      publishable_key, key_hint, wrapped_key
    from gateway_accounts, generate_series(1, 49) i where id = ${first!.id}`
  await world.asNative('POST', `/v1/gateway_accounts/${first!.id}/drain`)
  expect((await connect('other')).body).toMatchObject({ status: 409, code: 'limit_reached' })
  await world.sql`delete from gateway_accounts where id = 'ga_limit1'`
  expect((await connect('other')).status).toBe(201)
})

test('events for an account whose keys cannot be decrypted are logged up to the limit of forged events', async () => {
  const account = { accountId: 'ga_limit2', environment: 'sandbox', gateway: 'stripe' } as const
  const wrappedKey = accountSealing.newKey(account).fill(1)
  await world.sql`update gateway_accounts set wrapped_key = ${wrappedKey} where id = 'ga_limit2'`
  await callersExpired()
  const statuses = []
  for (let i = 0; i < 30; i++)
    statuses.push((await world.request('/webhooks/stripe/ga_limit2', { method: 'POST', body: '{}' })).status)
  expect([statuses.filter((each) => each === 503).length, statuses.at(-1)]).toEqual([10, 429])
  expect(world.logged.filter((line) => line.includes('account_keys_unreadable'))).toHaveLength(10)
})
