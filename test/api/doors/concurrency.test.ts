import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ asksOnce: true })
})
afterAll(() => world.close())

const rows = async (bcs: Iterable<string>) => {
  const ids = [...bcs]
  const [row] = await world.sql<{ customers: number; onboardings: number }[]>`
    select (select count(*)::integer from billing_customers where id in ${world.sql(ids)}) as customers,
      (select count(*)::integer from onboardings where billing_customer_id in ${world.sql(ids)}) as onboardings`
  return row
}

/** Calls as clients do: where the API gives a call up that waited too long, it is asked again. Counts how often. */
let askedAgain = 0
beforeEach(() => void (askedAgain = 0))
const edge = (action: string, body: object) =>
  until(
    () => world.edge(action, body),
    ({ status }) => status !== 503 || (askedAgain++, false),
  )
/** One creates, the others find it. Where a call was given up, it may have been the one that created. */
function expectOneNew(existing: boolean[]): void {
  const created = existing.filter((each) => !each).length
  expect(created).toBeLessThanOrEqual(1)
  if (askedAgain === 0) expect(created).toBe(1)
}

test('100 concurrent identical createCustomer calls: one row, one run, one existing: false, no error', async () => {
  const contact = world.newContact()
  const answers = await Promise.all(Array.from({ length: 100 }, () => edge('createCustomer', { contact_id: contact })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expectOneNew(answers.map(({ body }) => body.existing))
  const ids = new Set(answers.map(({ body }) => body.billing_customer_id as string))
  expect(ids.size).toBe(1)
  expect(await rows(ids)).toEqual({ customers: 1, onboardings: 1 })
  await expect.poll(() => world.runsOf([...ids][0]!)).toHaveLength(1)
  expect(new Set(answers.map(({ body }) => body.data.setup_url)).size).toBe(1)
})

test('20 contacts with 25 calls each, mixed createCustomer and buildCustomerProfileSetup', async () => {
  const contacts = Array.from({ length: 20 }, () => world.newContact())
  const calls = contacts.flatMap((contact_id) =>
    Array.from({ length: 25 }, async (_, i) => {
      const profile = i % 2 === 0
      const { status, body } = await edge(profile ? 'buildCustomerProfileSetup' : 'createCustomer', {
        contact_id,
      })
      return {
        contact_id,
        status,
        existing: profile ? body.data.existing : body.existing,
        bc: profile ? body.data.billing_customer_id : body.billing_customer_id,
      }
    }),
  )
  const answers = await Promise.all(calls)
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  for (const contact of contacts) {
    const mine = answers.filter(({ contact_id }) => contact_id === contact)
    expect(new Set(mine.map(({ bc }) => bc)).size).toBe(1)
    expectOneNew(mine.map(({ existing }) => existing))
    await expect.poll(() => world.runsOf(mine[0]!.bc)).toHaveLength(1)
  }
  expect(await rows(new Set(answers.map(({ bc }) => bc)))).toEqual({ customers: 20, onboardings: 20 })
})

test('30 concurrent submissions of different cards on one link: one charge', async () => {
  const { bc, page } = await world.openSetup()
  const tokens = await Promise.all(Array.from({ length: 30 }, () => page.cardToken()))
  const answers = await Promise.all(tokens.map((token) => page.submitToken(token)))
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(29)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('ten concurrent submissions of one card token are one submission, and each returns 202', async () => {
  const { bc, page } = await world.openSetup()
  const token = await page.cardToken()
  const answers = await Promise.all(Array.from({ length: 10 }, () => page.submitToken(token)))
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202))
  expect(await world.ended(bc)).toBe('completed')
  expect((await page.submitToken(token)).status).toBe(202)
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  const [row] =
    await world.sql`select count(*)::integer as n from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where o.billing_customer_id = ${bc}`
  expect(row).toEqual({ n: 1 })
})

test('a repeat of the creating call with the same Idempotency-Key returns existing: false again', async () => {
  const contact_id = world.newContact()
  const call = (key: string) =>
    world.edge('createCustomer', { contact_id }, { 'Idempotency-Key': key }).then(({ body }) => body.existing)
  expect([await call('one'), await call('one'), await call('two')]).toEqual([false, false, true])
})
