import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiVersion, eventVersions } from '../../../../../gateways/stripe/api-version.ts'
import { stripeEvents } from '../../../../../gateways/stripe/access/account-access.ts'
import { mostWebhookSecrets } from '../../../../../domain/tenant/gateway-accounts.ts'
import { findSealedAccount, openKeys } from '../../../../../store/gateway-accounts/keys.ts'
import { event, signer } from '../../../../support/api/stripe-events.ts'
import { callersExpired } from '../../../../support/callers-expired.ts'
import { command, connectAccount, payPalKeys, stripeKeys } from '../../../../support/gateways/own-accounts.ts'
import { accountSealing } from '../../../../support/world/gateways.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

// The webhook endpoint of an account at its gateway, which its owner can change there.

let world: World
let [card, wallet] = ['', '']
beforeAll(async () => {
  world = await createWorld({ paypal: true, worker: false, listen: true })
  card = await connectAccount(world, 'stripe', stripeKeys('shop'))
  wallet = await connectAccount(world, 'paypal', payPalKeys('wallet-shop'))
})
afterAll(() => world.close())

const verify = async (id = card) => (await command(world, id, 'verify')).body
const secrets = async () => openKeys(accountSealing, (await findSealedAccount(world.sql, card))!).webhookSecrets

const atStripe = async (method: string, path: string, body?: Record<string, string>) =>
  (
    await world.request(`${world.simulator.url}/v1/webhook_endpoints${path}`, {
      method,
      headers: { Authorization: 'Bearer sk_test_shop' },
      ...(body ? { body: new URLSearchParams(body) } : {}),
    })
  ).body
const endpoints = async () => (await atStripe('GET', '')).data

let number = 0
function send(secret: string, version: string | null = apiVersion) {
  const customer = { object: 'customer', id: 'cus_unknown' }
  const said = event(customer, { id: `evt_endpoint_${++number}`, type: 'customer.deleted', api_version: version })
  const payload = JSON.stringify(said)
  return world.request(`/webhooks/stripe/${card}`, {
    method: 'POST',
    body: payload,
    headers: { 'Stripe-Signature': signer.generateTestHeaderString({ payload, secret }) },
  })
}

/** Ends the secrets that only verify what a former endpoint has sent. */
async function endFormerSecrets(): Promise<void> {
  await world.sql`
    update gateway_secrets set ends_at = now()
    where account_id = ${card} and name = 'webhook_secret' and ends_at is not null`
  await callersExpired()
}

/** Puts an endpoint of another API version in the place of ours, as an earlier release created it. */
async function replaceWith(api_version: string): Promise<string> {
  await endFormerSecrets()
  const [ours] = await endpoints()
  await atStripe('DELETE', `/${ours.id}`)
  const made = await atStripe('POST', '', {
    url: ours.url,
    api_version,
    'enabled_events[0]': 'payment_intent.succeeded',
  })
  await world.asNative('POST', `/v1/gateway_accounts/${card}/rotate`, { webhook_secret: made.secret })
  await world.sql`update gateway_accounts set webhook_endpoint_id = ${made.id} where id = ${card}`
  await callersExpired()
  return made.secret
}

test('an endpoint that was deleted at Stripe is created again, and its new secret verifies events', async () => {
  const [before] = await endpoints()
  const [former] = await secrets()
  await atStripe('DELETE', `/${before.id}`)
  const body = await verify()
  const [made, ...others] = await endpoints()
  expect(others).toEqual([])
  expect(body).toMatchObject({
    webhook: 'enabled',
    problem: null,
    webhook_endpoint_id: made.id,
    api_version: apiVersion,
  })
  expect(made).toMatchObject({ url: before.url, status: 'enabled', api_version: apiVersion })
  const [newest] = await secrets()
  expect(newest).not.toBe(former)
  expect((await send(newest!)).status).toBe(200)
})

test('an endpoint that was disabled at Stripe, or lacks events, is enabled with all events', async () => {
  const [{ id }] = await endpoints()
  await atStripe('POST', `/${id}`, { disabled: 'true', 'enabled_events[0]': 'payment_intent.succeeded' })
  expect(await verify()).toMatchObject({ webhook: 'enabled', problem: null, webhook_endpoint_id: id })
  const [mended] = await endpoints()
  expect(mended).toMatchObject({ id, status: 'enabled', enabled_events: [...stripeEvents] })
})

test('a former endpoint that cannot be deleted does not lose the secret of the new one', async () => {
  await replaceWith(eventVersions[1]!)
  const [former] = await endpoints()
  await world.fault(`/v1/webhook_endpoints/${former.id}`, 'error_before', { method: 'DELETE', times: 100 })
  const body = await verify()
  expect(body).toMatchObject({ webhook: 'enabled', problem: null })
  expect(body.webhook_endpoint_id).not.toBe(former.id)
  expect((await send((await secrets())[0]!)).status).toBe(200)
  await world.clearFaults()
  await atStripe('DELETE', `/${former.id}`)
})

test('events of the API version before are accepted; verify moves the endpoint to the current one', async () => {
  const former = eventVersions[1]!
  const secret = await replaceWith(former)
  expect((await send(secret, former)).status).toBe(200)
  const body = await verify()
  const [made, ...others] = await endpoints()
  expect(others).toEqual([])
  expect(made).toMatchObject({ api_version: apiVersion, enabled_events: [...stripeEvents] })
  expect(body).toMatchObject({ webhook: 'enabled', api_version: apiVersion, webhook_endpoint_id: made.id })
  // What the former endpoint has sent may still arrive.
  expect((await send(secret, former)).status).toBe(200)
  expect((await send((await secrets())[0]!)).status).toBe(200)
})

test.each([
  ['2026-07-29.dahlia', '2026-07-29.dahlia'],
  [null, 'none'],
  ['<b>\n', 'none'],
])(
  'events of the API version %s are rejected, and the log names the account and the version',
  async (version, said) => {
    const [secret] = await secrets()
    const before = world.logged.length
    const { status, body } = await send(secret!, version)
    expect({ status, body }).toMatchObject({ status: 400, body: { error: expect.stringContaining('API version') } })
    const line = world.logged.slice(before).find((each) => each.includes('an operator must act'))!
    expect(JSON.parse(line)).toMatchObject({ account: card, refused: 'other_version', level: 'error' })
    expect(line).toContain(`an operator must act, for ${card}`)
    expect(line).toContain(`another API version; see docs/operations.md (${said})`)
  },
)

test('an endpoint of an API version that is not read is created again', async () => {
  await replaceWith('2026-07-29.dahlia')
  expect(await verify()).toMatchObject({ webhook: 'enabled', api_version: apiVersion, problem: null })
  expect(await endpoints()).toMatchObject([{ api_version: apiVersion }])
})

test('one that was created by hand is not replaced: verify records its API version', async () => {
  await replaceWith('2026-07-29.dahlia')
  await world.sql`update gateway_accounts set webhook_endpoint_id = null where id = ${card}`
  expect(await verify()).toMatchObject({
    webhook: 'other_api_version',
    api_version: '2026-07-29.dahlia',
    problem: 'the webhook endpoint has another API version',
  })
  const [{ id }] = await endpoints()
  await atStripe('DELETE', `/${id}`)
  await world.sql`update gateway_accounts set webhook_endpoint_id = ${id} where id = ${card}`
  expect(await verify()).toMatchObject({ webhook: 'enabled', api_version: apiVersion, problem: null })
})

test('a rolled secret: both verify events until the overlap ends, then only the new one', async () => {
  const [former] = await secrets()
  const [{ id }] = await endpoints()
  const { secret } = (await world.simulate(`webhook_endpoints/${id}/roll`, { expires_in: 86_400 })).body
  await command(world, card, 'rotate', { webhook_secret: secret })
  expect((await send(former!)).status).toBe(200)
  expect((await send(secret)).status).toBe(200)
  await endFormerSecrets()
  expect((await send(former!)).status).toBe(400)
  expect((await send(secret)).status).toBe(200)
})

test('with the most secrets that may verify events, the oldest makes room for that of a new endpoint', async () => {
  for (let count = 0; count < 6; count++) {
    const [{ id }] = await endpoints()
    await atStripe('DELETE', `/${id}`)
    expect(await verify()).toMatchObject({ webhook: 'enabled', problem: null })
  }
  expect(await secrets()).toHaveLength(mostWebhookSecrets)
  expect((await send((await secrets())[0]!)).status).toBe(200)
})

test('PayPal: a deleted webhook is created again, and one that lacks events gets them', async () => {
  const { url } = world.paypal!
  const token = await world.request(`${url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('wallet-shop:secret-of-wallet-shop').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const headers = { Authorization: `Bearer ${token.body.access_token}`, 'Content-Type': 'application/json' }
  const ask = (method: string, path = '', body?: object) =>
    world.request(`${url}/v1/notifications/webhooks${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  const [before] = (await ask('GET')).body.webhooks
  await ask('DELETE', `/${before.id}`)
  const again = await verify(wallet)
  const [made] = (await ask('GET')).body.webhooks
  expect(made.id).not.toBe(before.id)
  expect(again).toMatchObject({ webhook: 'enabled', webhook_endpoint_id: made.id, api_version: null })
  await ask('PATCH', `/${made.id}`, [
    { op: 'replace', path: '/event_types', value: [{ name: 'PAYMENT.CAPTURE.COMPLETED' }] },
  ])
  expect(await verify(wallet)).toMatchObject({ webhook: 'enabled', webhook_endpoint_id: made.id })
  const [mended] = (await ask('GET')).body.webhooks
  expect(mended.event_types).toHaveLength(before.event_types.length)
})
