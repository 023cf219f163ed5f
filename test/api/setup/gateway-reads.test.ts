import { afterAll, beforeAll, expect, test } from 'vitest'
import { saying } from '../../support/answer.ts'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Whoever has one link must not use up what the gateways let an account read: that would hold up everybody's payments.

let world: World
/** Without a worker. */
let idle: World
beforeAll(async () => {
  ;[world, idle] = await Promise.all([createWorld({ paypal: true }), createWorld({ worker: false })])
})
afterAll(() => Promise.all([world.close(), idle.close()]))

type Simulate = World['simulate']
const readsOf = async (simulate: Simulate, part: string) => {
  const { requests } = (await simulate('requests')).body as { requests: { method: string; path: string }[] }
  return requests.filter(({ method, path }) => method === 'GET' && path.includes(part)).length
}
const many = <Result>(times: number, call: () => Promise<Result>) =>
  Promise.all(Array.from({ length: times }, () => call()))

async function atTheBank(): Promise<{ page: SetupPage; intent: string }> {
  const { page } = await world.openSetup()
  await page.submitCard('4000002760003184')
  const { body } = await until(
    () => page.progress(),
    (answer) => answer.body.action !== undefined,
  )
  const secret = body.action.client_secret as string
  world.secrets.add(secret)
  return { page, intent: secret.split('_secret_')[0]! }
}

test('200 requests for one setup that waits for a bank read Stripe a few times, and delay no other setup', async () => {
  const { page, intent } = await atTheBank()
  const before = await readsOf(world.simulate, intent)
  const answers = await many(100, () => page.progress())
  const returned = await many(100, () => page.actionCompleted())
  expect(new Set([...answers, ...returned].map(({ status }) => status))).toEqual(new Set([200, 202]))
  // Two windows may be involved. The run also reads, each time it is signaled; it handles many signals with one read.
  const reads = (await readsOf(world.simulate, intent)) - before
  expect(reads).toBeGreaterThan(0)
  expect(reads).toBeLessThan(90)
  await atTheBank()
})

test('returns from a bank send the run a bounded number of signals, and the last is not lost', async () => {
  const { bc, page } = await idle.openSetup()
  const { onboarding } = await idle.billingCustomer(bc)
  for (let i = 0; i < 40; i++) {
    // As after a read of the run, which this world does not have.
    await idle.sql`update onboardings set wake_at = now() + interval '1 hour' where billing_customer_id = ${bc}`
    expect((await page.actionCompleted()).status).toBe(202)
  }
  const [row] = await idle.sql<{ isSoon: boolean }[]>`
    select wake_at <= now() + interval '6 seconds' as is_soon from onboardings where billing_customer_id = ${bc}`
  expect(row).toEqual({ isSoon: true })
  const signals = async () => {
    const { events } = await idle.client.workflow.getHandle(onboarding.workflow_id).fetchHistory()
    return events!.filter((event) => event.workflowExecutionSignaledEventAttributes).length
  }
  let last = 0
  const isSettled = (count: number) => (count > 0 && count === last) || ((last = count), false)
  // Two windows may be touched.
  expect(await until(signals, isSettled)).toBeLessThanOrEqual(20)
})

test('while PayPal fails, one link does not repeat its call without end', async () => {
  const { page } = await world.openSetup(undefined, { gateway: 'paypal' })
  await world.payPalFault('/v3/vault/setup-tokens', 'error_before', { times: 1_000 })
  const opened = async () => {
    const { requests } = (await world.simulatePayPal('requests')).body as { requests: { path: string }[] }
    return requests.filter(({ path }) => path.endsWith('/v3/vault/setup-tokens')).length
  }
  const before = await opened()
  const ask = () =>
    world.request(`${page.url.pathname}/payment-session${page.url.search}`, saying({ gateway: 'paypal' }))
  for (const { status, headers } of await many(100, ask))
    expect([status, headers.get('Retry-After')]).toEqual([503, '5'])
  const calls = (await opened()) - before
  expect(calls).toBeGreaterThan(0)
  expect(calls).toBeLessThanOrEqual(20)
  await world.clearPayPalFaults()
  expect((await page.openPayPal()).status).toBe(200)
})

test('100 returns from PayPal without an approval read PayPal a few times', async () => {
  const { page } = await world.openSetup(undefined, { gateway: 'paypal' })
  const session = await page.openPayPal()
  expect(session.status).toBe(200)
  const before = await readsOf(world.simulatePayPal, session.body.setup_token)
  const answers = await many(100, () => page.actionCompleted())
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  const reads = (await readsOf(world.simulatePayPal, session.body.setup_token)) - before
  expect(reads).toBeGreaterThan(0)
  expect(reads).toBeLessThanOrEqual(60)
})
