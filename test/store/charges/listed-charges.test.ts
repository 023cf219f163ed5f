import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  compareDisputes,
  comparePayments,
  compareRefunds,
  markUnlisted,
  type PaymentToCompare,
} from '../../../store/charges/listed-charges.ts'
import type { TestDatabase } from '../../support/servers/database.ts'
import { databaseOfCharges, insertCharges, insertRefund, numbersOf, other, shared } from './charge-rows.ts'

// What a page of a gateway's list marks, and what it does not.

let database: TestDatabase
beforeAll(async () => {
  database = await databaseOfCharges()
})
afterAll(() => database.drop())
beforeEach(async () => {
  const { sql } = database
  await sql`truncate charges, refunds, payment_objects, onboardings, billing_customers cascade`
})

const payment = (number: number, changes: Partial<PaymentToCompare> = {}): PaymentToCompare => ({
  ...{ objectId: `pi_${number}`, ours: true, pending: false, amount: 1500, currency: 'USD' },
  ...{ refunded: 0, disputed: false },
  ...changes,
})
const marked = () => numbersOf(database.sql, 'differs_since')

test.each<[string, Partial<PaymentToCompare>, Record<string, string>, boolean]>([
  ['as recorded', {}, {}, false],
  ['of another amount', { amount: 1400 }, {}, true],
  ['of another currency', { currency: 'EUR' }, {}, true],
  ['disputed', { disputed: true }, {}, true],
  ['recorded as disputed', { disputed: true }, { disputed_at: 'now()' }, false],
  ['refunded', { refunded: 1500 }, {}, true],
  ['in a list that shows no refunds', { refunded: null }, {}, false],
  ['that counts as canceled', {}, { state: `'canceled'` }, true],
  ['that counts as open', {}, { state: `'open'` }, true],
  ['that counts as unknown', {}, { state: `'unknown'` }, true],
  ['pending, of a charge that counts as canceled', { pending: true }, { state: `'canceled'` }, true],
  ['pending, otherwise different', { pending: true, amount: 1400, disputed: true }, {}, false],
])('a listed payment %s', async (_, changes, charge, differs) => {
  const { sql } = database
  await insertCharges(sql, [1, 1], { charge })
  await insertCharges(sql, [2, 2], { charge })
  await comparePayments(sql, shared, [payment(1, changes)])
  expect(await marked()).toEqual(differs ? [1] : [])
})

test.each([
  ['succeeded', 300, false],
  ['pending', 300, false],
  ['failed', 300, true],
  ['failed', 0, false],
  ['succeeded', 400, true],
])(
  'a listed payment with a recorded refund of 300 that is %s, of which the list shows %i',
  async (state, refunded, differs) => {
    const { sql } = database
    await insertCharges(sql, [1, 1])
    await insertRefund(sql, 1, { state: `'${state}'` })
    await comparePayments(sql, shared, [payment(1, { refunded })])
    expect(await marked()).toEqual(differs ? [1] : [])
  },
)

test('listed payments that are not recorded as paid are returned, but not those of other programs', async () => {
  const { sql } = database
  await insertCharges(sql, [1, 1])
  for (const number of [2, 3]) await insertCharges(sql, [number, number], { object: { state: `'open'` } })
  const listed = [payment(1), payment(2), payment(3, { pending: true })]
  const unknown = [payment(4), payment(5, { ours: false }), payment(6, { pending: true })]
  expect((await comparePayments(sql, shared, [...listed, ...unknown])).sort()).toEqual(['pi_2', 'pi_4', 'pi_6'])
})

test('a list of one account says nothing about objects of another', async () => {
  const { sql } = database
  await insertCharges(sql, [1, 1], { charge: { account_id: `'${other}'`, unlisted_since: 'now()' } })
  expect(await comparePayments(sql, shared, [payment(1, { amount: 1400 })])).toEqual(['pi_1'])
  await compareRefunds(sql, shared, [{ objectId: 'pi_1', id: 're_1', amount: 300, state: 'succeeded' }])
  await compareDisputes(sql, shared, ['pi_1'])
  expect([await marked(), await numbersOf(sql, 'unlisted_since')]).toEqual([[], [1]])
  expect(await comparePayments(sql, other, [payment(1, { amount: 1400 })])).toEqual([])
  expect([await marked(), await numbersOf(sql, 'unlisted_since')]).toEqual([[1], []])
})

test('a charge is awaited until a list shows it, and not as pending', async () => {
  const { sql } = database
  await insertCharges(sql, [1, 3], { charge: { unlisted_since: 'now()' } })
  await comparePayments(sql, shared, [payment(1), payment(2, { pending: true })])
  expect(await numbersOf(sql, 'unlisted_since')).toEqual([2, 3])
})

test.each([
  ['as recorded', {}, false],
  ['of another amount', { amount: 400 }, true],
  ['in another state', { state: 'failed' }, true],
  ['that is not recorded', { id: 're_by_hand' }, true],
])('a listed refund %s', async (_, changes, differs) => {
  const { sql } = database
  await insertCharges(sql, [1, 2])
  await insertRefund(sql, 1)
  await compareRefunds(sql, shared, [{ objectId: 'pi_1', id: 're_1', amount: 300, state: 'succeeded', ...changes }])
  expect(await marked()).toEqual(differs ? [1] : [])
})

test('a listed dispute that is recorded marks nothing', async () => {
  const { sql } = database
  await insertCharges(sql, [1, 2])
  await insertCharges(sql, [3, 3], { charge: { disputed_at: 'now()' } })
  await compareDisputes(sql, shared, ['pi_1', 'pi_3'])
  expect(await marked()).toEqual([1])
})

test('charges that no list has shown in time are marked, 1,000 at once, and awaited no longer', async () => {
  const { sql } = database
  const ago = (time: string) => ({ unlisted_since: `now() - interval '${time}'` })
  await insertCharges(sql, [1, 1_001], { charge: ago('2 hours') })
  await insertCharges(sql, [1_002, 1_002], { charge: ago('30 minutes') })
  await insertCharges(sql, [1_003, 1_003], { charge: { ...ago('2 hours'), account_id: `'${other}'` } })
  const anHourAgo = new Date(Date.now() - 3_600_000)
  expect(await markUnlisted(sql, shared, anHourAgo)).toBe(true)
  expect(await marked()).toHaveLength(1_000)
  expect(await markUnlisted(sql, shared, anHourAgo)).toBe(false)
  expect(await marked()).toEqual(Array.from({ length: 1_001 }, (_, i) => i + 1))
  expect(await numbersOf(sql, 'unlisted_since')).toEqual([1_002, 1_003])
})
