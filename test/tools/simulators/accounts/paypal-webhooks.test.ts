import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, saying } from '../../../support/answer.ts'
import { eventEndpoint } from '../../../support/gateways/event-endpoint.ts'
import { capture, eachWithClient, newOrder, newVaultId, reconnect } from '../../../support/gateways/paypal-api.ts'
import { control, restartSimulator, simulator, violations } from '../../../support/gateways/paypal-simulator.ts'
import { until } from '../../../support/until.ts'

eachWithClient()
let server: Awaited<ReturnType<typeof eventEndpoint>>
beforeEach(async () => {
  server = await eventEndpoint()
})
afterEach(() => server.close())

const completed = 'PAYMENT.CAPTURE.COMPLETED'
const call = async (client: string, method: string, path = '', body?: unknown) => {
  const access = await ask(`${simulator.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${client}:secret`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return ask(`${simulator.url}/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${access.body.access_token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
const hooks = '/notifications/webhooks'
const create = (client: string, path: string, types = [completed]) =>
  call(client, 'POST', hooks, { url: `${server.url}${path}`, event_types: types.map((name) => ({ name })) })
const at = (path: string) => server.received.filter((each) => each.path === path)
const allSent = () => until(async () => (await control('webhooks', { event_id: 'none' })).left === 0)
const pay = async (client: string) => {
  reconnect(client)
  await capture((await newOrder()).result.id!, await newVaultId())
}
/** Asks PayPal whether it has signed an event for a webhook. */
const verify = async ({ body, headers }: (typeof server.received)[number], webhookId: string): Promise<string> => {
  const asked = {
    auth_algo: headers['paypal-auth-algo'],
    cert_url: headers['paypal-cert-url'],
    transmission_id: headers['paypal-transmission-id'],
    transmission_sig: headers['paypal-transmission-sig'],
    transmission_time: headers['paypal-transmission-time'],
    webhook_id: webhookId,
  }
  const text = `${JSON.stringify(asked).slice(0, -1)},"webhook_event":${body}}`
  const { headers: more } = saying({})
  const access = (
    await ask(`${simulator.url}/v1/oauth2/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from('shop-a:secret').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
  ).body.access_token as string
  const answer = await ask(`${simulator.url}/v1/notifications/verify-webhook-signature`, {
    method: 'POST',
    headers: { ...more, Authorization: `Bearer ${access}` },
    body: text,
  })
  return answer.body.verification_status
}

test('a webhook is created, listed, read, changed and deleted, by its own account alone', async () => {
  const made = await create('shop-a', '/a')
  expect(made).toMatchObject({ status: 201, body: { url: `${server.url}/a`, event_types: [{ name: completed }] } })
  const path = `${hooks}/${made.body.id}`
  expect((await call('shop-a', 'GET', hooks)).body.webhooks).toHaveLength(1)
  expect((await call('shop-b', 'GET', hooks)).body.webhooks).toEqual([])
  for (const method of ['GET', 'DELETE'])
    expect(await call('shop-b', method, path)).toMatchObject({ status: 404, body: { name: 'INVALID_RESOURCE_ID' } })
  const changes = [
    { op: 'replace', path: '/url', value: `${server.url}/new` },
    { op: 'replace', path: '/event_types', value: [{ name: '*' }] },
  ]
  const changed = await call('shop-a', 'PATCH', path, changes)
  expect(changed).toMatchObject({ status: 200, body: { url: `${server.url}/new`, event_types: [{ name: '*' }] } })
  expect((await call('shop-a', 'GET', path)).body).toEqual(changed.body)
  expect((await call('shop-a', 'DELETE', path)).status).toBe(204)
  expect((await call('shop-a', 'GET', path)).status).toBe(404)
  expect(await violations()).toEqual([])
})

describe('events', () => {
  test('go to the webhooks of their account that list them, signed for each', async () => {
    const [a, all, b] = [
      (await create('shop-a', '/a')).body.id as string,
      (await create('shop-a', '/all', ['*'])).body.id as string,
      (await create('shop-b', '/b')).body.id as string,
    ]
    await pay('shop-a')
    await allSent()
    expect(at('/a').map(({ body }) => (JSON.parse(body) as { event_type: string }).event_type)).toEqual([completed])
    expect(at('/all').length).toBeGreaterThan(1)
    expect(at('/b')).toEqual([])
    expect(await verify(at('/a')[0]!, a)).toBe('SUCCESS')
    for (const other of [all, b]) expect(await verify(at('/a')[0]!, other)).toBe('FAILURE')
    simulator.sendEventsTo({ url: `${server.url}/default`, webhookId: 'WH-DEFAULT' })
    await pay('shop-b')
    await pay('id')
    await allSent()
    expect([at('/a').length, at('/b').length]).toEqual([1, 1])
    expect(await verify(at('/default').at(-1)!, 'WH-DEFAULT')).toBe('SUCCESS')
  })

  test('that a webhook did not accept before a restart are sent after it', async () => {
    const { id } = (await create('shop-a', '/a')).body as { id: string }
    server.close()
    await pay('shop-a')
    await restartSimulator(() => {})
    const again = await eventEndpoint()
    await call('shop-a', 'PATCH', `${hooks}/${id}`, [{ op: 'replace', path: '/url', value: `${again.url}/moved` }])
    await until(() => again.received.length > 0)
    expect(again.received[0]!.path).toBe('/moved')
    again.close()
  })

  test('do not go to a deleted webhook', async () => {
    const { id } = (await create('shop-a', '/a')).body as { id: string }
    await call('shop-a', 'DELETE', `${hooks}/${id}`)
    await pay('shop-a')
    await allSent()
    expect(at('/a')).toEqual([])
  })
})

test('an app has at most 10 webhooks, each with a URL of its own', async () => {
  for (let i = 0; i < 10; i++) expect((await create('shop-a', `/${i}`)).status).toBe(201)
  expect(await create('shop-a', '/10')).toMatchObject({ status: 400, body: { name: 'WEBHOOK_NUMBER_LIMIT_EXCEEDED' } })
  expect(await create('shop-a', '/1')).toMatchObject({ status: 400, body: { name: 'WEBHOOK_URL_ALREADY_EXISTS' } })
  expect((await create('shop-b', '/1')).status).toBe(201)
})

test.each([
  ['a URL without HTTPS', { url: 'http://shop.example/hooks' }],
  ['no event types', { event_types: [] }],
  ['an unknown field', { colour: 'red' }],
])('%s is refused', async (_, wrong) => {
  const right = { url: 'https://shop.example/hooks', event_types: [{ name: completed }] }
  expect(await call('shop-a', 'POST', hooks, { ...right, ...wrong })).toMatchObject({ status: 400 })
})
