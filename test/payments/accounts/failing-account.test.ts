import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connectMerchant, type Merchant } from '../../support/payments/merchants.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Two organizations, of whose accounts one fails. `npm run bench -- accounts` measures how much the other is delayed.
// This checks the cause: the failing account takes no more than its share.

const most = 5
const waiting = 12

let world: World
let failing: Merchant
let steady: Merchant
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 60_000, callsPerAccount: most })
  const { seeds } = world
  failing = await connectMerchant(world, seeds, 'failing', ['stripe'])
  steady = await connectMerchant(world, seeds.other_org, 'steady', ['stripe'])
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const times = 10_000
const failCustomers = (fault: string, more: object = {}) =>
  world.simulate('faults', {
    match: { method: 'POST', path: '/v1/customers', account: 'acct_sim_failing' },
    times,
    fault,
    ...more,
  })
const hits = async () => times - ((await world.simulate('faults')).body.faults[0].times as number)

async function submitMany(): Promise<string[]> {
  const opened = await Promise.all(Array.from({ length: waiting }, () => failing.open()))
  for (const { page } of opened) expect((await failing.submit('stripe', page)).status).toBe(202)
  return opened.map(({ bc }) => bc)
}

async function othersPay(): Promise<void> {
  const { bc, page } = await steady.open()
  await steady.submit('stripe', page)
  expect(await steady.ended(bc)).toBe('completed')
}

test('an account that does not answer has its share of calls in flight; another is charged meanwhile', async () => {
  await failCustomers('delay', { delay_ms: 50_000 })
  const bcs = await submitMany()
  await until(async () => (await hits()) === most)
  await othersPay()
  // The others were rejected at once, and are repeated.
  expect(await hits()).toBe(most)
  await world.clearFaults()
  for (const bc of bcs) expect(await failing.ended(bc)).toBe('completed')
  for (const bc of bcs) expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

test.each(['error_before', 'rate_limit'])('an account that answers with %s delays no other', async (fault) => {
  await failCustomers(fault)
  const bcs = await submitMany()
  await until(async () => (await hits()) >= waiting)
  await othersPay()
  await world.clearFaults()
  for (const bc of bcs) expect(await failing.ended(bc)).toBe('completed')
  for (const bc of bcs) expect((await world.ledger(bc)).charges).toHaveLength(1)
})
