import type Stripe from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  connect,
  control,
  eachWithAccounts,
  failure,
  pay,
  restart,
  simulator,
} from '../../../support/gateways/stripe-accounts.ts'
import { eventEndpoint, type ReceivedEvent } from '../../../support/gateways/event-endpoint.ts'
import { takeViolations } from '../../../support/judge/judged-simulator.ts'
import { until } from '../../../support/until.ts'

eachWithAccounts()
let server: Awaited<ReturnType<typeof eventEndpoint>>
beforeEach(async () => {
  server = await eventEndpoint()
})
afterEach(() => server.close())

const version = '2026-10-28.endive'
const succeeded = 'payment_intent.succeeded'
const create = (key: string, path: string, more: Partial<Stripe.WebhookEndpointCreateParams> = {}) =>
  connect(key).webhookEndpoints.create({
    url: `${server.url}${path}`,
    enabled_events: [succeeded],
    api_version: version,
    ...more,
  })
const at = (path: string) => server.received.filter((each) => each.path === path)
const verified = ({ body, headers }: ReceivedEvent, secret: string) =>
  connect('sk_test_x').webhooks.constructEvent(body, headers['stripe-signature'] as string, secret)
const allSent = () => until(async () => (await control('webhooks', { event_id: 'none' })).left === 0)

test('the secret is returned once, when an endpoint is created', async () => {
  const made = await create('sk_test_a', '/a', { description: 'ours', metadata: { organization: 'org_1' } })
  expect(made.secret).toMatch(/^whsec_\w{32}$/)
  const { webhookEndpoints } = connect('sk_test_a')
  const read = await webhookEndpoints.retrieve(made.id)
  expect(read).toMatchObject({
    api_version: version,
    status: 'enabled',
    enabled_events: [succeeded],
    application: null,
  })
  expect(read.secret).toBeUndefined()
  const [listed, ...others] = (await webhookEndpoints.list()).data
  expect([listed!.id, listed!.secret, others]).toEqual([made.id, undefined, []])
  expect((await connect('sk_test_b').webhookEndpoints.list()).data).toEqual([])
  expect(await failure(connect('sk_test_b').webhookEndpoints.retrieve(made.id))).toMatchObject({
    statusCode: 404,
    message: `No such webhook endpoint: '${made.id}'`,
  })
})

test('each endpoint gets the events of its account that it lists, signed with its secret, in its version', async () => {
  const [first, second, other] = [
    await create('sk_test_a', '/first'),
    await create('sk_test_a', '/all', { enabled_events: ['*'], api_version: '2026-08-26.dahlia' }),
    await create('sk_test_b', '/b'),
  ]
  simulator.sendEventsTo({ url: `${server.url}/default`, secret: 'whsec_default' })
  const { id } = await pay(connect('sk_test_a'))
  await allSent()
  const [event, ...more] = at('/first')
  expect(more).toEqual([])
  expect(verified(event!, first.secret!)).toMatchObject({
    type: succeeded,
    api_version: version,
    data: { object: { id } },
  })
  expect(() => verified(event!, second.secret!)).toThrow('No signatures found')
  const types = at('/all').map((each) => verified(each, second.secret!))
  expect(types.map(({ type }) => type)).toContain('payment_intent.created')
  expect(types[0]!.api_version).toBe('2026-08-26.dahlia')
  expect([at('/b'), at('/default')]).toEqual([[], []])
  await pay(connect('sk_test_b'))
  await pay(connect('sk_test_x'))
  await allSent()
  expect(verified(at('/b')[0]!, other.secret!).type).toBe(succeeded)
  expect(verified(at('/default').at(-1)!, 'whsec_default').account).toBeUndefined()
  expect(at('/first')).toHaveLength(1)
})

test('an endpoint can be changed, disabled, enabled and deleted', async () => {
  const { webhookEndpoints } = connect('sk_test_a')
  const { id } = await create('sk_test_a', '/old', { metadata: { a: '1', b: '2' } })
  const url = `${server.url}/new`
  const updated = await webhookEndpoints.update(id, { url, metadata: { a: '', c: '3' }, description: 'moved' })
  expect(updated).toMatchObject({ url, metadata: { b: '2', c: '3' }, description: 'moved' })
  await pay(connect('sk_test_a'))
  await allSent()
  expect([at('/old').length, at('/new').length]).toEqual([0, 1])
  expect((await webhookEndpoints.update(id, { disabled: true })).status).toBe('disabled')
  await pay(connect('sk_test_a'))
  expect((await webhookEndpoints.update(id, { disabled: false })).status).toBe('enabled')
  await allSent()
  expect(at('/new')).toHaveLength(1)
  expect(await webhookEndpoints.del(id)).toMatchObject({ id, deleted: true })
  expect(await failure(webhookEndpoints.retrieve(id))).toMatchObject({ statusCode: 404 })
  await pay(connect('sk_test_a'))
  await allSent()
  expect(at('/new')).toHaveLength(1)
})

test('an account has at most 16 endpoints in test mode', async () => {
  for (let i = 0; i < 16; i++) await create('sk_test_a', `/${i}`)
  expect(await failure(create('sk_test_a', '/16'))).toMatchObject({
    statusCode: 400,
    code: undefined,
    message: 'You have reached the maximum of 16 test webhook endpoints.',
  })
  expect((await create('sk_test_b', '/16')).object).toBe('webhook_endpoint')
  expect((await connect('sk_test_a').webhookEndpoints.list({ limit: 100 })).data).toHaveLength(16)
})

test.each([
  ['a URL without a scheme', { url: 'shop.example/hooks' }, { code: 'url_invalid', param: 'url' }],
  ['no events', { enabled_events: [] }, { code: 'parameter_missing', param: 'enabled_events' }],
  ['a wildcard in a name', { enabled_events: ['payment_intent.*'] }, { param: 'enabled_events[0]' }],
  ['an API version of another form', { api_version: 'latest' }, { param: 'api_version' }],
  ['a parameter that does not exist', { secret: 'whsec_mine' }, { code: 'parameter_unknown', param: 'secret' }],
])('%s is refused', async (_, wrong, details) => {
  const key = 'rk_test_a'
  const body = new URLSearchParams({ url: `${server.url}/`, api_version: version })
  for (const [name, value] of Object.entries({ enabled_events: [succeeded], ...wrong } as Record<string, unknown>))
    if (Array.isArray(value)) value.forEach((each, i) => body.set(`${name}[${i}]`, String(each)))
    else body.set(name, String(value))
  const headers = { Authorization: `Bearer ${key}` }
  const response = await fetch(`${simulator.url}/v1/webhook_endpoints`, { method: 'POST', headers, body })
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: object }).error).toMatchObject(details)
  takeViolations(simulator)
})

test('in live mode a URL must be HTTPS', async () => {
  expect(await failure(create('sk_live_a', '/'))).toMatchObject({ code: 'url_invalid', param: 'url' })
})

test('a key without the permission cannot create an endpoint', async () => {
  await control('keys', { key: 'rk_test_a', permissions: ['webhook_read', 'customer_write'] })
  expect((await connect('rk_test_a').webhookEndpoints.list()).data).toEqual([])
  expect(await failure(create('rk_test_a', '/'))).toMatchObject({
    statusCode: 403,
    message: expect.stringContaining("('webhook_write')"),
  })
})

test('while a secret is rolled, the old and the new one both sign, also after a restart', async () => {
  const made = await create('sk_test_a', '/a')
  const { secret } = await control(`webhook_endpoints/${made.id}/roll`, { expires_in: 3600 })
  await restart()
  await pay(connect('sk_test_a'))
  await allSent()
  for (const each of [made.secret!, secret]) expect(verified(at('/a')[0]!, each).type).toBe(succeeded)
  await control('clock', { advance_seconds: 3601 })
  await pay(connect('sk_test_a'))
  await allSent()
  expect(verified(at('/a')[1]!, secret).type).toBe(succeeded)
  expect(() => verified(at('/a')[1]!, made.secret!)).toThrow('No signatures found')
})

test('events of one account are sent again on demand', async () => {
  await create('sk_test_a', '/a')
  await create('sk_test_b', '/b')
  await pay(connect('sk_test_a'))
  await pay(connect('sk_test_b'))
  await allSent()
  expect((await control('webhooks', { account: 'acct_sim_a', type: succeeded, times: 2 })).sent).toBe(2)
  await allSent()
  expect([at('/a').length, at('/b').length]).toEqual([3, 1])
})
