import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findAccount } from '../../../../../store/gateway-accounts/accounts.ts'
import { recordStanding, timeOfReading } from '../../../../../store/gateway-accounts/connected.ts'
import { listRefusedAccounts } from '../../../../../store/gateway-accounts/refused-accounts.ts'
import { everythingStored } from '../../../../support/everything-stored.ts'
import { connectToPlatform, followLink, linkUrls } from '../../../../support/gateways/connected-account.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

// Accounts that are connected to the installation's account as a platform, at a simulator that keeps accounts apart.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false, gatewayTimeout: 5_000 })
})
afterEach(async () => {
  await world.clearFaults()
  // One account is pending or active at a time.
  await world.sql`update gateway_accounts set status = 'disabled' where organization_id is not null`
})
afterAll(() => world.close())

const read = async (id: string, key?: string) =>
  (await world.asNative('GET', `/v1/gateway_accounts/${id}`, undefined, key)).body
const command = (id: string, name: string, body?: object, key?: string) =>
  world.asNative('POST', `/v1/gateway_accounts/${id}/${name}`, body, key)
const eventsOf = async (id: string) =>
  (
    await world.sql<{ type: string; actor: string }[]>`
      select type, actor from events where data ->> 'gateway_account_id' = ${id} order by sequence`
  ).map(({ type, actor }) => `${type.replace('gateway_account.', '')} by ${actor}`)
const connected = async (body: object = {}) => {
  const made = await connectToPlatform(world, body)
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 })
  return made.body
}
const settings = (account: string, change: object) => world.simulate(`settings?account=${account}`, change)
const accountsAtStripe = async () =>
  (await world.atStripe('GET', '/v1/accounts?limit=100')).body.data as { id: string }[]

test('an account is pending until its owner has completed the link, and active then, by the event alone', async () => {
  const made = await connected({ country: 'DE', email: 'owner@example.com' })
  expect(made).toMatchObject({
    auth: 'connect',
    status: 'pending',
    publishable_key: null,
    key_hint: null,
    charges_enabled: false,
    requirements: { currently_due: expect.arrayContaining(['external_account']) },
    problem: 'the gateway does not permit charges: its owner has not completed an onboarding link',
    webhook_url: `${world.apiUrl}/webhooks/stripe/connect`,
  })
  expect(new Date(made.onboarding_url_expires_at).getTime()).toBeGreaterThan(Date.now())
  const { body: atStripe } = await world.atStripe('GET', `/v1/accounts/${made.vendor_account_id}`)
  expect(atStripe).toMatchObject({
    country: 'DE',
    email: 'owner@example.com',
    metadata: { organization_id: world.seeds.org_id, environment: 'sandbox', gateway_account_id: made.id },
  })
  expect(await followLink(made.onboarding_url, 'complete')).toBe(linkUrls.return_url)
  await world.allDelivered()
  expect(await read(made.id)).toMatchObject({
    status: 'active',
    charges_enabled: true,
    requirements: { currently_due: [], disabled_reason: null },
    problem: null,
  })
  expect(await eventsOf(made.id)).toEqual(['created by api', 'problem by api', 'activated by system'])
  expect((await everythingStored(world.sql)).join('\n')).not.toContain(made.onboarding_url)
})

test('a link that was used leads to refresh_url, where a fresh one is created; a review is waited for', async () => {
  const made = await connected()
  expect(await followLink(made.onboarding_url, 'later')).toBe(linkUrls.return_url)
  expect(await followLink(made.onboarding_url, 'complete')).toBe(linkUrls.refresh_url)
  const fresh = await command(made.id, 'onboarding_link', linkUrls)
  expect(fresh).toMatchObject({ status: 200, body: { id: made.id, status: 'pending' } })
  expect(fresh.body.onboarding_url).not.toBe(made.onboarding_url)
  expect(await followLink(fresh.body.onboarding_url, 'review')).toBe(linkUrls.return_url)
  await world.allDelivered()
  expect(await read(made.id)).toMatchObject({
    status: 'pending',
    problem: 'the gateway does not permit charges at present (requirements.pending_verification)',
    requirements: { pending_verification: ['business_profile.url'] },
  })
  await settings(made.vendor_account_id, { charges_enabled: true })
  const verified = await command(made.id, 'verify')
  expect(verified).toMatchObject({
    status: 200,
    body: { status: 'active', problem: null, permissions: { payments: true, refunds: true }, webhook: 'unknown' },
  })
  expect(verified.body.permissions).not.toHaveProperty('webhooks')
})

test('an account that the gateway restricts is pending again, and begins nothing', async () => {
  const made = await connected()
  await followLink(made.onboarding_url, 'complete')
  await world.allDelivered()
  await settings(made.vendor_account_id, { charges_enabled: false })
  expect((await command(made.id, 'verify')).body).toMatchObject({ status: 'pending', charges_enabled: false })
  const [{ none }] = (await world.sql`
    select count(*) = 0 as none from gateway_accounts where id = ${made.id} and status = 'active'`) as [
    { none: boolean },
  ]
  expect(none).toBe(true)
  expect(await eventsOf(made.id)).toEqual(['created by api', 'problem by api', 'activated by system', 'problem by api'])
})

test('an account for which the platform lacks a permission is hidden until it is verified or pending', async () => {
  const made = await connected()
  await followLink(made.onboarding_url, 'complete')
  await world.allDelivered()
  const tenant = { organizationId: world.seeds.org_id, environment: 'sandbox' } as const
  const account = (await findAccount(world.sql, tenant, made.id))!
  const { standing } = account
  const record = async (found?: { problem: string | null; isUsable: boolean }, charges_enabled = true) =>
    recordStanding(
      world.sql,
      account,
      { standing: { ...standing!, charges_enabled }, at: await timeOfReading(world.sql), found },
      { actor: 'system' },
    )
  const hidden = async () => (await listRefusedAccounts(world.sql, tenant)).map(({ accountId }) => accountId)
  await record({ problem: 'the keys lack permission for: payments', isUsable: false })
  expect(await hidden()).toContain(made.id)
  // An event says nothing about permissions.
  expect(await record()).toMatchObject({ status: 'active', problem: 'the keys lack permission for: payments' })
  expect(await hidden()).toContain(made.id)
  await record({ problem: null, isUsable: true })
  expect(await hidden()).not.toContain(made.id)
  await record({ problem: 'the keys lack permission for: payments', isUsable: false })
  expect(await record(undefined, false)).toMatchObject({ status: 'pending' })
  expect(await record()).toMatchObject({ status: 'active', problem: null })
  expect(await hidden()).not.toContain(made.id)
})

test('a drained account stays so when the gateway permits charges; activate reads it first', async () => {
  const made = await connected()
  await command(made.id, 'drain')
  await followLink(made.onboarding_url, 'complete')
  await world.allDelivered()
  expect(await read(made.id)).toMatchObject({ status: 'draining', charges_enabled: true })
  await settings(made.vendor_account_id, { charges_enabled: false })
  expect((await command(made.id, 'activate')).body).toMatchObject({ status: 'pending', charges_enabled: false })
  await settings(made.vendor_account_id, { charges_enabled: true })
  expect((await command(made.id, 'activate')).body).toMatchObject({ status: 'active', charges_enabled: true })
})

test('an account that can charge waits while another one is active', async () => {
  const keys = { gateway: 'stripe', secret_key: 'sk_test_first', publishable_key: 'pk_test_first' }
  const { body: first } = await world.asNative('POST', '/v1/gateway_accounts', keys)
  const made = await connected()
  await followLink(made.onboarding_url, 'complete')
  await world.allDelivered()
  expect(await read(made.id)).toMatchObject({
    status: 'pending',
    charges_enabled: true,
    problem: `${first.id} is active: drain or disable it, then activate this account`,
  })
  expect((await command(made.id, 'activate')).body).toMatchObject({ status: 409, code: 'gateway_account_active' })
  await command(first.id, 'drain')
  expect((await command(made.id, 'activate')).body).toMatchObject({ status: 'active', problem: null })
})

test('an account that its owner disconnected is disabled and says so; a command on it is rejected', async () => {
  const made = await connected()
  await followLink(made.onboarding_url, 'complete')
  await world.allDelivered()
  await world.simulate('deauthorize', { account: made.vendor_account_id })
  await world.allDelivered()
  expect(await read(made.id)).toMatchObject({
    status: 'disabled',
    charges_enabled: null,
    requirements: null,
    problem: 'the account was disconnected from the platform at the gateway',
  })
  expect((await eventsOf(made.id)).at(-1)).toBe('disabled by system')
  for (const [name, body] of [['activate'], ['onboarding_link', linkUrls]] as const)
    expect((await command(made.id, name, body)).body).toMatchObject({
      status: 409,
      code: 'gateway_account_not_connected',
    })
  expect((await command(made.id, 'verify')).body).toMatchObject({ status: 'disabled', permissions: {} })
})

test('an event about an account that is connected again, or whose read is older, changes nothing', async () => {
  const made = await connected()
  await followLink(made.onboarding_url, 'complete')
  await world.allDelivered()
  const before = await read(made.id)
  // A later read is recorded already.
  await world.sql`update gateway_accounts set standing_at = now() + interval '1 hour' where id = ${made.id}`
  await settings(made.vendor_account_id, { charges_enabled: false })
  await world.simulate('webhooks', { type: 'account.updated', account: made.vendor_account_id })
  await world.sql`delete from gateway_events where account_id = ${made.id}`
  await world.simulate('webhooks', { type: 'account.updated', account: made.vendor_account_id })
  await world.allDelivered()
  expect(await read(made.id)).toEqual(before)
})

test.each([
  ['is lost', 'lose_answer', 1],
  // What Stripe created is not known, and has no data. The key would repeat the failure for a day.
  ['is a failure that Stripe stores', 'error_after', 2],
])('a repeat after a response that %s continues, and each returns a fresh link', async (what, fault, created) => {
  const before = (await accountsAtStripe()).length
  const send = () =>
    world.request('/v1/gateway_accounts', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${world.seeds.secret_key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': what.replaceAll(' ', '-'),
      },
      body: JSON.stringify({ gateway: 'stripe', auth: 'connect', ...linkUrls }),
    })
  await world.fault('/v1/accounts', fault)
  expect((await send()).status).toBe(503)
  const [first, second] = [await send(), await send()]
  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.body.id).toBe(first.body.id)
  expect(second.body.onboarding_url).not.toBe(first.body.onboarding_url)
  expect((await accountsAtStripe()).length).toBe(before + created)
})

test('one account is pending at a time, and no second one is created at the gateway', async () => {
  const made = await connected()
  const before = (await accountsAtStripe()).length
  const { body } = await connectToPlatform(world)
  expect(body).toMatchObject({ status: 409, code: 'gateway_account_active' })
  expect(body.detail).toContain(made.id)
  expect((await accountsAtStripe()).length).toBe(before)
})

test('an existing account is taken if the platform says that it belongs to the organization', async () => {
  const create = async (metadata: Record<string, string>) =>
    (
      await world.atStripe(
        'POST',
        '/v1/accounts',
        Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`metadata[${name}]`, value])),
      )
    ).body.id as string
  const { org_id: organization_id } = world.seeds
  const others = [
    await create({}),
    await create({ organization_id: 'org_another' }),
    await create({ organization_id, environment: 'live' }),
    'acct_1nobody',
    'acct_sim_default',
  ]
  for (const vendor_account_id of others)
    expect((await connectToPlatform(world, { vendor_account_id })).body, vendor_account_id).toMatchObject({
      status: 409,
      code: 'gateway_account_not_connected',
    })
  const theirs = await create({ organization_id })
  await settings(theirs, { charges_enabled: true, details_submitted: true })
  const made = await connected({ vendor_account_id: theirs })
  expect(made).toMatchObject({ vendor_account_id: theirs, status: 'active', charges_enabled: true })
  const other = world.seeds.other_org.secret_key
  expect((await connectToPlatform(world, { vendor_account_id: theirs }, other)).body.status).toBe(409)
})

test.each<[string, object, object]>([
  ['a key', { secret_key: 'sk_test_x' }, { param: 'secret_key' }],
  ['no return_url', { return_url: undefined }, { param: 'return_url' }],
  ['no refresh_url', { refresh_url: undefined }, { param: 'refresh_url' }],
  ['an http address', { return_url: 'http://shop.example' }, { param: 'return_url' }],
  ['an id of something else', { vendor_account_id: 'cus_1' }, { param: 'vendor_account_id' }],
  ['a country for an account that exists', { vendor_account_id: 'acct_1', country: 'DE' }, { param: 'country' }],
  ['a gateway without platforms', { gateway: 'paypal' }, { param: 'auth' }],
  ['auth keys with fields of connect', { auth: 'keys' }, { param: 'return_url' }],
])('%s is rejected', async (_what, body, error) => {
  expect((await connectToPlatform(world, body)).body).toMatchObject({ status: 400, ...error })
})

test('each kind of account has commands of its own', async () => {
  const made = await connected()
  const code = 'gateway_account_other_auth'
  expect((await command(made.id, 'rotate', { secret_key: 'sk_test_x' })).body).toMatchObject({ status: 409, code })
  const keys = { gateway: 'stripe', secret_key: 'sk_test_kind', publishable_key: 'pk_test_kind' }
  const { body: other } = await world.asNative('POST', '/v1/gateway_accounts', keys)
  expect(other).toMatchObject({ auth: 'keys', onboarding_url: null, charges_enabled: null, requirements: null })
  expect((await command(other.id, 'onboarding_link', linkUrls)).body).toMatchObject({ status: 409, code })
})

test('an account of another organization does not exist, and its scope is required', async () => {
  const made = await connected()
  const other = world.seeds.other_org.secret_key
  expect((await command(made.id, 'onboarding_link', linkUrls, other)).status).toBe(404)
  const { body: key } = await world.asNative('POST', '/v1/api_keys', {
    name: 'reads',
    scopes: ['gateway_accounts:read'],
  })
  expect((await connectToPlatform(world, {}, key.secret)).status).toBe(403)
  expect((await command(made.id, 'onboarding_link', linkUrls, key.secret)).status).toBe(403)
  expect((await read(made.id, key.secret)).id).toBe(made.id)
})

test('without a platform, the error says so, and what exists is not changed', async () => {
  const made = await connected()
  await followLink(made.onboarding_url, 'complete')
  await world.allDelivered()
  await settings('acct_sim_default', { platform: false })
  await command(made.id, 'drain')
  const code = 'gateway_connect_unavailable'
  expect((await connectToPlatform(world)).body).toMatchObject({ status: 409, code })
  expect((await command(made.id, 'verify')).body).toMatchObject({ status: 409, code })
  expect(await read(made.id)).toMatchObject({ status: 'draining', charges_enabled: true })
  await settings('acct_sim_default', { platform: true })
})
