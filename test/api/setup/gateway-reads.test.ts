import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Whoever has one link must not use up what the gateways let an account read: that would hold up everybody's payments.

let world: World
beforeAll(async () => {
  world = await createWorld({ paypal: true })
})
afterAll(() => world.close())

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
