import { expect, test } from 'vitest'
import type { StripeConnection } from '../../../gateways/stripe/client.ts'
import { lists } from '../../../gateways/stripe/lists/listed.ts'

// What Stripe's simulator does not show: answers are made up here.

const period = { from: new Date('2026-11-01T10:00:00.400Z'), to: new Date('2026-11-01T11:00:00.600Z') }
const seconds = Date.parse('2026-11-01T10:00:00Z') / 1_000

/** Lists a page of which Stripe returns these objects. Returns what it asked Stripe, too. */
async function list(name: 'payments' | 'refunds' | 'disputes', data: object[], after: string | null = null) {
  const asked: object[] = []
  const resource = {
    list: async (wanted: object) => {
      asked.push(wanted)
      return { data, has_more: data.length > 1 }
    },
  }
  const stripe = { charges: resource, refunds: resource, disputes: resource }
  return { asked, ...(await lists({ stripe } as unknown as StripeConnection).listPage(name, period, after)) }
}

const charge = {
  ...{ id: 'ch_1', payment_intent: 'pi_1', status: 'succeeded', captured: true, currency: 'huf', disputed: true },
  ...{ amount: 20_000, amount_captured: 15_000, amount_refunded: 5_000, metadata: { onboarding_id: 'onb_1' } },
}
const payment = {
  ...{ kind: 'payment', objectId: 'pi_1', pending: false, ours: true, disputed: true },
  ...{ amount: 15_000, currency: 'HUF', refunded: 5_000 },
}

test('a charge is listed with what was captured, refunded and disputed of it, and whether it is ours', async () => {
  expect((await list('payments', [charge])).listed).toEqual([payment])
  expect((await list('payments', [{ ...charge, metadata: {} }])).listed).toEqual([{ ...payment, ours: false }])
})

test.each([
  ['failed', { status: 'failed' }],
  ['is not captured', { captured: false }],
  ['has no payment intent', { payment_intent: null }],
  ['is in a currency in which we are never paid', { currency: 'xxx' }],
])('a charge that %s is left out, and the others are listed', async (_, changes) => {
  const { listed } = await list('payments', [{ ...charge, ...changes, id: 'ch_0' }, charge])
  expect(listed).toEqual([payment])
})

test('a refund is left out if it has no payment intent, or a currency in which we are never paid', async () => {
  const refund = { id: 're_1', payment_intent: 'pi_1', amount: 300, currency: 'usd', status: 'succeeded', metadata: {} }
  const { listed } = await list('refunds', [
    refund,
    { ...refund, payment_intent: null },
    { ...refund, currency: 'xxx' },
  ])
  expect(listed).toMatchObject([{ kind: 'refund', objectId: 'pi_1', id: 're_1', amount: 300, state: 'succeeded' }])
})

test('a page begins after the last one, and has the seconds in which the period begins and ends', async () => {
  const { asked, next } = await list('payments', [charge, { ...charge, id: 'ch_2' }], 'ch_before')
  const created = { gte: seconds, lt: seconds + 3_601 }
  expect(asked).toEqual([{ limit: 100, created, starting_after: 'ch_before' }])
  expect(next).toBe('ch_2')
  expect((await list('disputes', [{ id: 'dp_1', payment_intent: 'pi_1' }])).next).toBeNull()
})
