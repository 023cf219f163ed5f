import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, trustedProxies: ['127.0.0.1'] })
})
afterAll(() => world.close())

const declined = '4000000000000002'

/** How much of the organization counts now. */
async function counted(): Promise<number> {
  const [row] = await world.sql<{ count: number }[]>`
    select count(*) from payment_attempts where state in ('declined', 'abandoned', 'needs_customer') or bank_asked`
  return row!.count
}

async function setLimit(most: number): Promise<void> {
  const { status } = await world.asNative('PATCH', '/v1/settings', { declines_per_organization: most })
  expect(status).toBe(200)
}

/** As if everything had been submitted 40 seconds earlier, and everybody who waited had left the queue. */
async function passTurn(): Promise<void> {
  await world.sql`update payment_attempts set created_at = created_at - interval '40 seconds'`
  await world.sql`delete from admission_queue`
}

async function pages(count: number, card: string) {
  const opened = await Promise.all(Array.from({ length: count }, () => world.openSetup()))
  return Promise.all(opened.map(async ({ bc, page }) => ({ bc, page, token: await page.cardToken(card) })))
}

const submitFrom = (page: SetupPage, confirmation_token: string, address: string): Promise<Answer> =>
  world.request(`${page.url.origin}${page.url.pathname}/setup-completed${page.url.search}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ gateway: 'stripe', confirmation_token, amount: 1500, currency: 'USD' }),
  })

const settled = (page: SetupPage) => until(async () => !(await page.progress()).body.paying)

async function limitsTold(): Promise<string[]> {
  const rows = await world.sql<{ limit: string }[]>`
    select data->>'limit' as limit from events where type = 'billing_customer.guard_tripped' order by id`
  return rows.map(({ limit }) => limit)
}

test('30 concurrent contacts, 3 below the limit: 3 reach a bank, the others are slowed, with one event', async () => {
  await setLimit((await counted()) + 3)
  const all = await pages(30, declined)
  const answers = await Promise.all(all.map(({ page, token }) => page.submitToken(token)))
  const admitted = all.filter((_, i) => answers[i]!.status === 202)
  const slowed = answers.filter(({ status }) => status === 429)
  expect([admitted.length, slowed.length]).toEqual([3, 27])
  expect(new Set(slowed.map(({ body }) => body.refusal))).toEqual(new Set(['slow_down']))
  for (const { headers } of slowed)
    expect(Number(headers.get('Retry-After'))).toSatisfy((s: number) => s > 0 && s <= 30)
  await Promise.all(admitted.map(({ page }) => settled(page)))
  expect(await counted()).toBe(3)
  expect(await world.sql`select 1 from payment_attempts`).toHaveLength(3)
  expect(await limitsTold()).toEqual(['organization'])
})

test('at the limit contacts proceed one by one with 3-D Secure; good cards complete, charged once', async () => {
  await setLimit(await counted())
  await passTurn()
  const [first, second] = await pages(2, '4242424242424242')
  // Not enrolled: it goes on without.
  expect((await first!.page.submitToken(first!.token)).status).toBe(202)
  expect(await world.ended(first!.bc)).toBe('completed')
  // Paid is not counted, so the next is not held up by it.
  expect((await second!.page.submitToken(second!.token)).status).toBe(202)
  expect(await world.ended(second!.bc)).toBe('completed')

  const [asked] = await pages(1, '4000000000003055')
  expect((await asked!.page.submitToken(asked!.token)).status).toBe(202)
  const { body } = await until(
    () => asked!.page.progress(),
    ({ body }) => body.action !== undefined,
  )
  world.secrets.add(body.action.client_secret)
  const payment_intent = body.action.client_secret.split('_secret_')[0]
  const [waiting] = await pages(1, '4242424242424242')
  expect((await waiting!.page.submitToken(waiting!.token)).body.refusal).toBe('slow_down')
  await world.simulate('authenticate', { payment_intent, outcome: 'succeed' })
  await asked!.page.actionCompleted()
  expect(await world.ended(asked!.bc)).toBe('completed')
  expect((await waiting!.page.submitToken(waiting!.token)).status).toBe(202)
  expect(await world.ended(waiting!.bc)).toBe('completed')

  const confirms = ((await world.simulate('requests')).body.requests as Answer['body'][])
    .filter(({ path }) => path.endsWith('/confirm'))
    .slice(-4)
  expect(confirms.map(({ input }) => input.payment_method_options.card.request_three_d_secure)).toEqual(
    Array<string>(4).fill('challenge'),
  )
  for (const { bc } of [first!, second!, asked!, waiting!]) expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(await limitsTold()).toEqual(['organization'])
})

test('at the limit a caller’s saved method requires its customer, who confirms on the page', async () => {
  await setLimit(await counted())
  await passTurn()
  const contact_id = world.newContact()
  const payment_data = { pm_id: 'pm_card_threeDSecureOptional' }
  const first = await world.edge('createCustomer', { contact_id, gateway: 'stripe', payment_data })
  expect([first.status, first.body.data.requires_action]).toEqual([200, true])
  const slowed = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    gateway: 'stripe',
    payment_data: { pm_id: 'pm_card_visa' },
  })
  expect([slowed.status, Number(slowed.headers.get('Retry-After')) > 0]).toEqual([429, true])
  await passTurn()
  const good = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    gateway: 'stripe',
    payment_data: { pm_id: 'pm_card_visa' },
  })
  expect([good.status, good.body.data.bc_status]).toEqual([200, 'active'])
})

test('below the limit nobody is slowed: 30 concurrent valid cards', async () => {
  await setLimit(10_000)
  const all = await pages(30, '4242424242424242')
  const answers = await Promise.all(all.map(({ page, token }) => page.submitToken(token)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  for (const { bc } of all) expect(await world.ended(bc)).toBe('completed')
})

test('20 concurrent contacts from one address: as many reach a bank as the address is allowed', async () => {
  await setLimit(10_000)
  const { status } = await world.asNative('PATCH', '/v1/settings', { declines_per_address: 4 })
  expect(status).toBe(200)
  const all = await pages(20, declined)
  const answers = await Promise.all(all.map(({ page, token }) => submitFrom(page, token, '203.0.113.20')))
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(4)
  expect(answers.filter(({ body }) => body.refusal === 'cool_down')).toHaveLength(16)
})
