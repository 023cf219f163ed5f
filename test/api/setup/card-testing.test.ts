import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
})
afterAll(() => world.close())

const bankAsks = '4000002760003184'

const attemptsOf = (bc: string) =>
  world.sql<{ state: string; code: string | null; bankAsked: boolean }[]>`
    select a.state, a.code, a.bank_asked from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc} order by o.n, a.number`

const limitsTold = async (bc: string) =>
  (
    await world.sql<{ limit: string }[]>`
      select data->>'limit' as limit from events
      where billing_customer_id = ${bc} and type = 'billing_customer.guard_tripped' order by id`
  ).map(({ limit }) => limit)

/** Waits until the attempt under way is decided, or the bank asks. Returns whether it asks. */
async function settled(page: SetupPage): Promise<boolean> {
  const { body } = await until(
    () => page.progress(),
    ({ body }) => !body.paying || body.action !== undefined,
  )
  if (body.action) world.secrets.add(body.action.client_secret)
  return body.action !== undefined
}

async function submitMany(page: SetupPage, tokens: string[]): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const token of tokens) {
    const answer = await page.submitToken(token)
    answers.push(answer)
    if (answer.status === 202) await settled(page)
  }
  return answers
}

/** How many answers there were of each status, with the refusal. */
const tally = (answers: Answer[]) => {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const name = [status, body?.refusal].filter(Boolean).join(' ')
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const cards = (page: SetupPage, count: number, card = bankAsks) =>
  Promise.all(Array.from({ length: count }, () => page.cardToken(card)))

test('25 cards that need 3-D Secure on one link: 5 are tried, and the last of them can still pay once', async () => {
  const { bc, page } = await world.openSetup()
  const answers = await submitMany(page, await cards(page, 25))
  expect(tally(answers)).toEqual({ 202: 5, '409 too_many_attempts': 20 })
  expect((await attemptsOf(bc)).map(({ state }) => state)).toEqual([
    ...Array<string>(4).fill('abandoned'),
    'needs_customer',
  ])
  expect(await limitsTold(bc)).toEqual(['link'])
  const { body } = await page.progress()
  const payment_intent = body.action.client_secret.split('_secret_')[0]
  await world.simulate('authenticate', { payment_intent, outcome: 'succeed' })
  await page.actionCompleted()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a new link does not reset the limit: 8 cards of a contact reach a bank, declined or abandoned', async () => {
  const { bc, page } = await world.openSetup()
  await submitMany(page, await cards(page, 3, '4000000000000002'))
  await submitMany(page, await cards(page, 2))
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const replaced = world.pageOf(body.setup_url)
  const answers = await submitMany(replaced, await cards(replaced, 6))
  expect(tally(answers)).toEqual({ 202: 3, '429 cool_down': 3 })
  expect(Number(answers.at(-1)!.headers.get('Retry-After'))).toBeGreaterThan(3_000)
  expect(await limitsTold(bc)).toEqual(['contact'])
})

test('a void attempt counts if its bank had been asked', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(bankAsks)
  const { body } = await until(
    () => page.progress(),
    ({ body }) => body.action !== undefined,
  )
  world.secrets.add(body.action.client_secret)
  const intent = body.action.client_secret.split('_secret_')[0]
  await world.atStripe('POST', `/v1/payment_intents/${intent}/cancel`)
  await page.actionCompleted()
  await until(
    () => attemptsOf(bc),
    ([attempt]) => attempt!.state === 'void',
  )
  const tooMany = await submitMany(page, await cards(page, 6, '4000000000000002'))
  expect(tally(tooMany)).toEqual({ 202: 4, '409 too_many_attempts': 2 })
  const failed = await world.sql<{ data: object }[]>`
    select data from events where billing_customer_id = ${bc} and type = 'billing_customer.payment_failed' order by id`
  expect(failed[0]!.data).toMatchObject({ attempt: 1, counts: true })
})

test("a pending bank confirmation when the onboarding ends counts for the contact's next onboarding", async () => {
  const { bc, contact, page } = await world.openSetup()
  await submitMany(page, await cards(page, 2))
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'no longer wanted' })
  expect(await world.ended(bc)).toBe('canceled')
  expect(await attemptsOf(bc)).toMatchObject([{ state: 'abandoned' }, { state: 'void', bankAsked: true }])
  const again = (await world.openSetup(contact)).page
  await submitMany(again, await cards(again, 5))
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const replaced = world.pageOf(body.setup_url)
  const answers = await submitMany(replaced, await cards(replaced, 3))
  expect(tally(answers)).toEqual({ 202: 1, '429 cool_down': 2 })
})

test('220 invented tokens on one link: 10 rows, 10 rejections by the gateway, one event', async () => {
  const { bc, page } = await world.openSetup()
  const calls = async () =>
    ((await world.simulate('requests')).body.requests as { method: string; path: string }[]).filter(({ path }) =>
      path.endsWith('/confirm'),
    ).length
  const before = await calls()
  const answers = await submitMany(
    page,
    Array.from({ length: 220 }, (_, i) => `ctoken_garbage${i}`),
  )
  expect(tally(answers)).toEqual({ 202: 10, '429 cool_down': 210 })
  expect((await attemptsOf(bc)).map(({ state, bankAsked }) => `${state} ${bankAsked}`)).toEqual(
    Array<string>(10).fill('void false'),
  )
  expect(await limitsTold(bc)).toEqual(['refused'])
  expect((await calls()) - before).toBe(10)
  expect(Number(answers.at(-1)!.headers.get('Retry-After'))).toBeGreaterThan(3_000)
})

test('invented methods of a caller, and wallets that nobody approved, have the same limits', async () => {
  const contact_id = world.newContact()
  const answers = []
  for (let i = 0; i < 12; i++) {
    const payment_data = i % 2 === 0 ? { pm_id: `pm_madeUp${i}` } : { vault_token: `made-up-${i}` }
    answers.push(
      await world.edge('createCustomer', { contact_id, gateway: i % 2 === 0 ? 'stripe' : 'paypal', payment_data }),
    )
  }
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(400), 429, 429])
  expect(answers.at(-1)!.headers.get('Retry-After')).toMatch(/^\d+$/)

  const { bc, page } = await world.openSetup()
  const statuses = []
  for (let i = 0; i < 12; i++) {
    const { status } = await page.submitPayPalToken((await page.openPayPal()).body.setup_token)
    statuses.push(status)
    await settled(page)
  }
  expect(statuses).toEqual([...Array<number>(10).fill(202), 429, 429])
  expect(await limitsTold(bc)).toEqual(['refused'])
})

test('a rejection by the gateway long after the submission is due to an outage, and does not count', async () => {
  const { bc, page } = await world.openSetup()
  const garbage = (from: number) => Array.from({ length: 10 }, (_, i) => `ctoken_late${bc.slice(-8)}${from + i}`)
  await submitMany(page, garbage(0))
  await world.sql`
    update payment_attempts a set created_at = a.created_at - interval '2 hours'
    from onboardings o where o.id = a.onboarding_id and o.billing_customer_id = ${bc}`
  expect(tally(await submitMany(page, garbage(10)))).toEqual({ 202: 10 })
  expect(await limitsTold(bc)).toEqual([])
})

test('declines of PayPal count', async () => {
  const { bc, page } = await world.openSetup()
  const statuses = []
  for (let i = 0; i < 6; i++) {
    if (i < 5) await world.payPalFault('/v2/checkout/orders', 'decline')
    const { status } = await page.submitPayPal()
    statuses.push(status)
    await settled(page)
  }
  expect(statuses).toEqual([...Array<number>(5).fill(202), 409])
  expect((await attemptsOf(bc)).map(({ state }) => state)).toEqual(Array<string>(5).fill('declined'))
  expect(await limitsTold(bc)).toEqual(['link'])
})
