import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetAddresses } from '../../../store/payments/decline-limits.ts'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({
    trustedProxies: ['127.0.0.1'],
    settings: { declinesPerAddress: 3, declinesPerOrganization: 24 },
  })
})
afterAll(() => world.close())

/** Hands a card in as from an address, through a proxy that is trusted. */
async function submitFrom(page: SetupPage, address: string, card = '4000000000000002'): Promise<Answer> {
  const confirmation_token = await page.cardToken(card)
  const answer = await world.request(`${page.url.origin}${page.url.pathname}/setup-completed${page.url.search}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ gateway: 'stripe', confirmation_token, amount: 1500, currency: 'USD' }),
  })
  if (answer.status === 202) await until(async () => !(await page.progress()).body.paying)
  return answer
}

test('declines from one address count across links; successful payments and other addresses do not', async () => {
  for (let i = 0; i < 3; i++) expect((await submitFrom((await world.openSetup()).page, '203.0.113.7')).status).toBe(202)
  const { bc, page } = await world.openSetup()
  const refused = await submitFrom(page, '203.0.113.7')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3_000)
  expect(await world.eventTypes(bc)).toContain('billing_customer.guard_tripped')
  expect((await submitFrom(page, '203.0.113.8', '4242424242424242')).status).toBe(202)
})

test('an IPv6 network counts as one address', async () => {
  for (let i = 0; i < 3; i++)
    expect((await submitFrom((await world.openSetup()).page, `2001:db8:1:20${i}::1`)).status).toBe(202)
  expect((await submitFrom((await world.openSetup()).page, '2001:db8:1:2ff:ffff::9')).status).toBe(429)
  expect((await submitFrom((await world.openSetup()).page, '2001:db8:1:300::1')).status).toBe(202)
})

test.each([
  ['a private address', ['10.0.0.1', '203.0.113.20, 10.0.0.1', '10.0.0.1:4711', '"10.0.0.1"']],
  ['an address with a port', ['203.0.113.21:51234', '203.0.113.21:51235', '203.0.113.21', '203.0.113.21:51236']],
  ['an address that nobody can read', ['unknown', '_hidden', '203.0.113', 'unknown']],
])('declines from %s count, and all its notations count as one', async (_, [...written]) => {
  const last = written.pop()!
  for (const each of written) expect((await submitFrom((await world.openSetup()).page, each)).status).toBe(202)
  expect((await submitFrom((await world.openSetup()).page, last)).status).toBe(429)
})

test('addresses are stored as a keyed hash, and only during the window', async () => {
  expect((await submitFrom((await world.openSetup()).page, '203.0.113.9')).status).toBe(202)
  const kept = () =>
    world.sql<{ addressHash: string }[]>`select address_hash from payment_attempts where address_hash is not null`
  expect((await kept()).every(({ addressHash }) => /^[\w-]{43}$/.test(addressHash))).toBe(true)
  await forgetAddresses(world.sql, 3_600)
  expect((await kept()).length).toBeGreaterThan(0)
  // It counts as long as for the organization with the longest window, and from the decline.
  await world.asNative('PATCH', '/v1/settings', { decline_window_seconds: 7_200 })
  await world.sql`update payment_attempts set created_at = created_at - interval '3 hours'
    where address_hash is not null`
  await world.sql`update payment_attempts set closed_at = closed_at - interval '90 minutes'
    where address_hash is not null`
  await forgetAddresses(world.sql, 3_600)
  expect((await kept()).length).toBeGreaterThan(0)
  await world.asNative('PATCH', '/v1/settings', { decline_window_seconds: null })
  await forgetAddresses(world.sql, 3_600)
  expect(await kept()).toHaveLength(0)
})

test('an organization with repeated declines is slowed down as a whole', async () => {
  let last: Answer | undefined
  for (let i = 0; i <= 24 && last?.status !== 429; i++)
    last = await submitFrom((await world.openSetup()).page, `198.51.100.${i}`)
  expect(last!.status).toBe(429)
})

const asks = '4000002760003184'

async function untilAsked(page: SetupPage): Promise<string> {
  const { body } = await until(
    () => page.progress(),
    ({ body }) => body.action !== undefined,
  )
  world.secrets.add(body.action.client_secret)
  return body.action.client_secret.split('_secret_')[0]
}

/** Submits a card whose bank asks, and leaves the question open. */
async function leaveOpen(address: string) {
  const opened = await world.openSetup()
  const confirmation_token = await opened.page.cardToken(asks)
  const { url } = opened.page
  const { status, body } = await world.request(`${url.origin}${url.pathname}/setup-completed${url.search}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ gateway: 'stripe', confirmation_token, amount: 1500, currency: 'USD' }),
  })
  expect(status, JSON.stringify(body)).toBe(202)
  return { ...opened, intent: await untilAsked(opened.page) }
}

const limitsOf = async (bc: string) =>
  (
    await world.sql<{ limit: string }[]>`
    select data->>'limit' as limit from events where billing_customer_id = ${bc}
      and type = 'billing_customer.guard_tripped'`
  ).map(({ limit }) => limit)

const ageAll = (bcs: string[], seconds: number) => world.sql`
  update payment_attempts a set created_at = a.created_at - ${seconds} * interval '1 second'
  from onboardings o where o.id = a.onboarding_id and o.billing_customer_id = any(${bcs})`

test('customers at their bank delay others at their address for seconds, and longer if they stay away', async () => {
  await world.asNative('PATCH', '/v1/settings', { declines_per_organization: 10_000 })
  const waiting = [await leaveOpen('203.0.113.60'), await leaveOpen('203.0.113.60'), await leaveOpen('203.0.113.60')]
  const { bc, page } = await world.openSetup()
  const slowed = await submitFrom(page, '203.0.113.60', '4242424242424242')
  expect([slowed.status, slowed.body.refusal, slowed.headers.get('Retry-After')]).toEqual([429, 'slow_down', '5'])
  expect(await limitsOf(bc)).toEqual([])
  // One of them confirms: there is room at once.
  await world.simulate('authenticate', { payment_intent: waiting[0]!.intent, outcome: 'succeed' })
  await waiting[0]!.page.actionCompleted()
  expect(await world.ended(waiting[0]!.bc)).toBe('completed')
  expect((await submitFrom(page, '203.0.113.60', '4242424242424242')).status).toBe(202)

  const left = [...waiting.slice(1), await leaveOpen('203.0.113.60')]
  await ageAll(
    left.map(({ bc }) => bc),
    301,
  )
  const { bc: late, page: next } = await world.openSetup()
  const refused = await submitFrom(next, '203.0.113.60', '4242424242424242')
  expect([refused.status, refused.body.refusal]).toEqual([429, 'cool_down'])
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3_000)
  expect(await limitsOf(late)).toEqual(['address'])
})

test.each(['expired', 'canceled'])(
  'an unanswered bank confirmation counts from when the bank asked, and not again when its onboarding is %s',
  async (end) => {
    const address = end === 'expired' ? '203.0.113.61' : '203.0.113.62'
    const left = [await leaveOpen(address), await leaveOpen(address), await leaveOpen(address)]
    await ageAll(
      left.map(({ bc }) => bc),
      3_601,
    )
    for (const { bc } of left) {
      if (end === 'canceled')
        await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'no longer wanted' })
      else
        await world.sql`update onboardings set expires_at = now() - interval '2 hours', wake_at = now()
          where billing_customer_id = ${bc}`
      expect(await world.ended(bc)).toBe(end)
    }
    expect((await submitFrom((await world.openSetup()).page, address, '4242424242424242')).status).toBe(202)
  },
)
