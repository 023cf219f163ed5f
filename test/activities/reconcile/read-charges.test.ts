import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCharges } from '../../../activities/reconcile/read-charges.ts'
import { GatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { GatewayRefund } from '../../../domain/payment/decide-refund.ts'
import type { Reading } from '../../../gateways/gateway.ts'
import type { ActivityDependencies } from '../../../payments/dependencies.ts'
import { chargeId, databaseOfCharges, insertCharges, numbersOf, shared } from '../../store/charges/charge-rows.ts'
import type { TestDatabase } from '../../support/servers/database.ts'

// Which of the marked charges a step reads, with a gateway that is made up here.

let database: TestDatabase
beforeAll(async () => {
  database = await databaseOfCharges()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.sql`truncate charges, refunds, payment_objects, onboardings, billing_customers, events cascade`
})

const differs = { differs_since: 'now()' }
const marked = () => numbersOf(database.sql, 'differs_since')
const paid: Reading = {
  ...{ state: 'paid', trace: '', amount: 1500, currency: 'USD' },
  method: { id: 'pm_1', label: 'Visa', details: { type: 'paypal', payerId: null } },
}

interface Options {
  after?: string
  isOver?: () => boolean
  /** What the gateway has of each charge. */
  refunds?: GatewayRefund[]
}

/** Reads marked charges at a gateway that answers for each object. Returns which it was asked for, too. */
async function read(
  answer: (objectId: string) => Reading | Error,
  { after = '', isOver = () => false, refunds = [] }: Options = {},
) {
  const asked: string[] = []
  const gateway = {
    async read({ id }: { id: string }) {
      asked.push(id)
      const answered = answer(id)
      if (answered instanceof Error) throw answered
      return answered
    },
    readRefunds: async () => refunds,
    isDisputed: async () => false,
  }
  const d = { database: database.sql, gateways: { of: async () => gateway } } as unknown as ActivityDependencies
  const result = await readCharges(d, { accountId: shared, eachRecent: false }, after, isOver)
  return { ...result, asked }
}
const failing = (kind: 'unknown' | 'not_now' | 'refused') => new GatewayError(kind, 'as_ordered')
const reasons = async () =>
  (
    await database.sql<{ reason: string }[]>`
      select data ->> 'reason' as reason from events where type = 'onboarding.needs_person' order by 1`
  ).map(({ reason }) => reason)

test('each charge is read once, and those with a pending refund are named', async () => {
  await insertCharges(database.sql, [1, 12], { charge: differs })
  const refunds: GatewayRefund[] = [{ id: 're_new', amount: 300, state: 'pending', refundId: null }]
  const { asked, refunding, ...rest } = await read(() => paid, { refunds })
  expect(rest).toEqual({ checked: 12, failed: 0 })
  expect(asked.sort()).toEqual(Array.from({ length: 12 }, (_, i) => `pi_${i + 1}`).sort())
  expect(refunding).toEqual(Array.from({ length: 12 }, (_, i) => chargeId(i + 1)))
  expect(await marked()).toEqual([])
})

test('a step reads at most 200 charges, none after its time, and the next one goes on after the last', async () => {
  await insertCharges(database.sql, [1, 203], { charge: { ...differs, state: `'refunded'` } })
  expect(await read(() => paid, { isOver: () => true })).toMatchObject({ checked: 0, after: '' })
  const first = await read(() => paid)
  expect(first).toMatchObject({ checked: 200, after: chargeId(200) })
  expect(await read(() => paid, { after: chargeId(200) })).toMatchObject({ checked: 3 })
})

test('charges that cannot be read stay marked, and do not keep others from being read', async () => {
  await insertCharges(database.sql, [1, 6], { charge: differs })
  const broken = new Map<string, Error>([
    ['pi_2', failing('unknown')],
    ['pi_3', failing('refused')],
  ])
  expect(await read((id) => broken.get(id) ?? paid)).toMatchObject({ checked: 6, failed: 2 })
  expect(await marked()).toEqual([2, 3])
  expect(await read(() => failing('refused'))).toMatchObject({ checked: 2, failed: 2 })
  expect(await marked()).toEqual([2, 3])
})

test('a gateway that answers none fails the step, and so does an error of ours', async () => {
  await insertCharges(database.sql, [1, 2], { charge: differs })
  await expect(read((id) => failing(id === 'pi_1' ? 'unknown' : 'not_now'))).rejects.toMatchObject({ kind: 'unknown' })
  await expect(read((id) => (id === 'pi_1' ? new TypeError('ours') : paid))).rejects.toThrow('ours')
  expect(await marked()).toContain(1)
})

test('a canceled charge that may still be paid stays marked until that is decided', async () => {
  await insertCharges(database.sql, [1, 2], { charge: { ...differs, state: `'canceled'` } })
  const states: Record<string, Reading> = {
    pi_1: { state: 'processing', trace: '' },
    pi_2: { state: 'dead', trace: '' },
  }
  await read((id) => states[id]!)
  expect([await marked(), await reasons()]).toEqual([[1], []])
})

test.each(['succeeded', 'kept'])(
  'a charge that is %s, and that the gateway shows otherwise, is reported',
  async (state) => {
    await insertCharges(database.sql, [1, 4], { charge: { ...differs, state: `'${state}'` } })
    const readings: Record<string, Reading | Error> = {
      pi_1: paid,
      pi_2: { ...paid, currency: 'EUR' } as Reading,
      pi_3: new GatewayError('not_found', 'none'),
      pi_4: { state: 'dead', trace: '' },
    }
    await read((id) => readings[id]!)
    expect(await reasons()).toEqual([
      `amount_differs/${chargeId(2)}`,
      `not_paid_there/${chargeId(3)}`,
      `not_paid_there/${chargeId(4)}`,
    ])
  },
)
