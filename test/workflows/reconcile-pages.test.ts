import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAccount, stripeKeys } from '../support/gateways/own-accounts.ts'
import { expectEachDifferenceFound, reconcileRound } from '../support/reconcile/planted.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// Many charges with differences of every kind, without any event. See "Reconciliation" in CONTRIBUTING.md.

const charges = Number(process.env.RECONCILED_CHARGES ?? 400)

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 60_000 })
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none' })
})
afterAll(() => world.close())

const shared = 'ga_stripe_sandbox'

test(`${charges} charges of a missed day: each difference is settled or given to a person`, async () => {
  let intent = ''
  const copy = (names: string, count: number) =>
    world.simulate('copies', { payment_intent: intent, names, count: count })
  await expectEachDifferenceFound(world, {
    ...{ gateway: 'stripe', names: 'pi_', transaction: 'null', charges },
    simulate: world.simulate,
    list: {
      ...{ path: '/v1/charges', perPage: 100, entries: 1 + charges * 1.01 },
      pageOf: ({ input }) => ({
        ...{ from: Number(input!.created.gte), to: Number(input!.created.lt) - 1 },
        page: input!.starting_after ?? null,
      }),
    },
    async pay(count) {
      const { bc, page } = await world.openSetup()
      await page.submitCard()
      await world.ended(bc)
      const [charge] = (await world.ledger(bc)).charges
      intent = charge.payment_intent
      await copy('pi_', count)
      return charge.customer
    },
    payUnknown: async (names, count) => void (await copy(names, count)),
    refund: (object, _, amount) =>
      world.atStripe('POST', '/v1/refunds', { payment_intent: object, ...(amount ? { amount: String(amount) } : {}) }),
    dispute: (object) => world.simulate('disputes', { charge: `ch_of_${object}` }),
  })
}, 1_800_000)

test('an account that answers 429, and one that does not answer, delay no other account', async () => {
  const [limited, silent] = [
    await connectAccount(world, 'stripe', stripeKeys('limited')),
    await connectAccount(world, 'stripe', stripeKeys('silent'), world.seeds.other_org.secret_key),
  ]
  const on = (account: string) => ({ method: 'GET', path: '/v1/charges', account })
  await world.simulate('faults', { match: on('acct_sim_limited'), times: 1_000, fault: 'rate_limit' })
  await world.simulate('faults', { match: on('acct_sim_silent'), times: 1_000, fault: 'delay', delay_ms: 600_000 })
  const began = new Date()
  const running = reconcileRound(world)
  const comparedAt = async () =>
    (
      await world.sql<{ at: Date }[]>`select compared_until as at from gateway_lists
      where account_id = ${shared} and list = 'disputes'`
    )[0]!.at
  await until(async () => (await comparedAt()) > began)
  // Less than the time for which the silent account is waited for.
  expect(Date.now() - began.getTime()).toBeLessThan(45_000)
  await world.clearFaults()
  const { notListed } = await running
  expect([limited, silent]).toEqual(expect.arrayContaining(notListed))
})
