import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countInMemory } from '../../../../api/call/limits/failing-calls.ts'
import { apiVersion } from '../../../../gateways/stripe/api-version.ts'
import {
  initOf,
  oneCallOfEachDoor,
  requestOf,
  undocumented,
  withKey,
  type Documented,
} from '../../../support/documented/documented.ts'
import { until } from '../../../support/until.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

const limit = 5

describe.each(['memory', 'postgres'] as const)('counted by %s', (store) => {
  let world: World
  beforeAll(async () => {
    const rateLimit = { store, failuresPerMinute: limit }
    world = await createWorld({ worker: false, paypal: true, trustedProxies: ['127.0.0.1'], rateLimit })
  })
  afterAll(() => world.close())

  function callerOf(documented: Documented, from: string) {
    const values = { org: world.seeds.org_id, brand: world.seeds.brand_id, sk_test: world.seeds.secret_key }
    return async (key: string | undefined, address = from) => {
      const request = withKey(requestOf(documented, values), documented.credential, key)
      const init = initOf(request)
      return world.request(request.path, { ...init, headers: { ...init.headers, 'X-Forwarded-For': address } })
    }
  }
  let wrong = 0
  const wrongKey = () => `sk_test_${String(wrong++).padStart(43, '0')}`

  test.each(oneCallOfEachDoor)(
    '%s: limits calls with wrong keys, but never those with a valid key or none',
    async (door, documented) => {
      const place = oneCallOfEachDoor.findIndex(([name]) => name === door) + 1
      const call = callerOf(documented, `203.0.113.${place}`)
      for (let i = 0; i < limit + 2; i++) expect((await call(undefined)).status).toBe(401)
      for (let i = 0; i < limit; i++) {
        expect((await call(wrongKey())).status).toBe(401)
        expect([401, 429]).not.toContain((await call(world.seeds.secret_key)).status)
      }
      for (let i = 0; i < 2; i++) {
        const refused = await call(wrongKey())
        expect([refused.status, undocumented(documented, refused)]).toEqual([429, undefined])
        expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
        expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(60)
      }
      expect([401, 429]).not.toContain((await call(world.seeds.secret_key)).status)
      expect((await call(undefined)).status).toBe(401)
      expect((await call(wrongKey(), `198.51.100.${place}`)).status).toBe(401)
    },
  )

  test('lets exactly as many of 200 concurrent wrong keys from one address through as the limit allows', async () => {
    const from = { 'X-Forwarded-For': '203.0.113.90' }
    const keys = Array.from({ length: 200 }, wrongKey)
    const answers = await Promise.all(
      keys.map((key) => world.request('/v1/customers', { headers: { ...from, Authorization: `Bearer ${key}` } })),
    )
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    expect([count(401), count(429)]).toEqual([limit, 200 - limit])
  })

  const refusedEvents = async () =>
    Number((await world.sql`select coalesce(sum(count), 0) as n from refused_gateway_events`)[0]!.n)
  const forge = (gateway: string, from: Record<string, string>, headers: Record<string, string> = {}) =>
    world.request(`/webhooks/${gateway}`, { method: 'POST', body: '{}', headers: { ...from, ...headers } })

  test.each(['stripe', 'paypal'])('limits forged events of %s without counting them', async (gateway) => {
    const from = { 'X-Forwarded-For': gateway === 'stripe' ? '203.0.113.91' : '203.0.113.92' }
    const before = await refusedEvents()
    for (let i = 0; i < limit; i++) expect((await forge(gateway, from)).status).toBe(400)
    for (let i = 0; i < 3; i++) {
      const refused = await forge(gateway, from)
      expect([refused.status, refused.body]).toEqual([429, { error: expect.stringContaining('this address') }])
      expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    }
    expect(await refusedEvents()).toBe(before + limit)
    expect((await forge(gateway, { 'X-Forwarded-For': '198.51.100.90' })).status).toBe(400)
  })

  test.each([
    ['stripe', 'a length', 93],
    ['stripe', 'no length', 94],
    ['paypal', 'a length', 95],
    ['paypal', 'no length', 96],
  ])('rejects oversized events at %s, sent with %s, and limits their sender', async (gateway, how, n) => {
    const large = 'x'.repeat(1024 * 1024 + 1)
    const send = () =>
      world.request(`/webhooks/${gateway}`, {
        method: 'POST',
        headers: { 'X-Forwarded-For': `203.0.113.${n}` },
        body: how === 'a length' ? large : new Blob([large]).stream(),
        duplex: 'half',
      } as RequestInit)
    const statuses: number[] = []
    for (let i = 0; i < limit + 2; i++) statuses.push((await send()).status)
    expect(statuses).toEqual([...Array<number>(limit).fill(413), 429, 429])
  })

  test('accepts genuine events of both gateways from an address whose forged ones are limited', async () => {
    for (let i = 0; i <= limit; i++) await forge('stripe', {})
    expect((await forge('stripe', {})).status).toBe(429)
    const payload = JSON.stringify({
      id: `evt_${store}`,
      object: 'event',
      api_version: apiVersion,
      type: 'payment_intent.succeeded',
      created: Math.floor(Date.now() / 1000),
      livemode: false,
      data: { object: { object: 'payment_intent', id: 'pi_unknown', metadata: {} } },
    })
    const signer = new Stripe('sk_test_x', { telemetry: false }).webhooks
    const signature = signer.generateTestHeaderString({ payload, secret: 'whsec_test_only' })
    const init = { method: 'POST', body: payload, headers: { 'Stripe-Signature': signature } }
    expect((await world.request('/webhooks/stripe', init)).status).toBe(200)
    // The simulator of PayPal sends from the same machine.
    const type = 'VAULT.PAYMENT-TOKEN.DELETED'
    await world.simulatePayPal('events', { type, resource: { id: 'genuine' } })
    await until(async () => (await world.sql`select 1 from gateway_events where object_id = 'genuine'`).length > 0)
  })

  test('forged events fetch each PayPal certificate that they name once, and few per address', async () => {
    const asked = async () => {
      const { requests } = (await world.simulatePayPal('requests')).body as { requests: { path: string }[] }
      return requests.filter(({ path }) => path.includes('/certs/CERT-none')).length
    }
    const name = (i: number) => ({
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': `${world.paypal!.url}/v1/notifications/certs/CERT-none${i}`,
      'paypal-transmission-id': 'x',
      'paypal-transmission-time': 'x',
      'paypal-transmission-sig': 'x',
    })
    for (let i = 0; i < 4; i++) {
      const from = { 'X-Forwarded-For': `203.0.113.${100 + i}` }
      for (let repeats = 0; repeats < 3; repeats++) expect((await forge('paypal', from, name(0))).status).toBe(400)
    }
    expect(await asked()).toBe(1)
    const answers = []
    for (let i = 1; i < 20; i++)
      answers.push((await forge('paypal', { 'X-Forwarded-For': '192.0.2.1' }, name(i))).status)
    expect(answers).toEqual([...Array(5).fill(400), ...Array(14).fill(503)])
    expect((await forge('paypal', { 'X-Forwarded-For': '192.0.2.2' }, name(20))).status).toBe(400)
    expect(await asked()).toBe(7)
  })
})

test('the memory for addresses is bounded: addresses beyond it share one count', async () => {
  const count = countInMemory(1)
  for (let i = 0; i < 10_000; i++) expect(await count(`address ${i}`)).toBeUndefined()
  expect(await count('one too many')).toBeUndefined()
  expect(await count('another one')).toBeGreaterThan(0)
  expect(await count('address 0')).toBeGreaterThan(0)
})
