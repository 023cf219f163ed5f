import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listChargesToRead, markRecentRefunds, recordRead } from '../../../store/charges/charges-to-check.ts'
import { reconciledSince } from '../../../store/charges/reconciliation.ts'
import type { TestDatabase } from '../../support/servers/database.ts'
import { chargeId, databaseOfCharges, insertCharges, insertRefund, numbersOf, other, shared } from './charge-rows.ts'

// Which charges reconciliation reads at the gateway, and from when it lists.

let database: TestDatabase
beforeAll(async () => {
  database = await databaseOfCharges()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.sql`
    truncate charges, refunds, payment_objects, onboardings, billing_customers, gateway_lists cascade`
})

const daysAgo = (days: number) => `now() - interval '${days} days'`
const marked = () => numbersOf(database.sql, 'differs_since')
const toRead = async (eachRecent: boolean, after = '', limit = 100) =>
  (await listChargesToRead(database.sql, { accountId: shared, eachRecent }, after, limit)).map(({ id }) =>
    Number(id.slice(3)),
  )

test('charges that differ and those with a pending refund are read, once their onboardings have ended', async () => {
  const { sql } = database
  const differs = { differs_since: 'now()' }
  await insertCharges(sql, [1, 1])
  await insertCharges(sql, [2, 3], { charge: differs })
  await insertCharges(sql, [4, 4], {
    charge: differs,
    onboarding: { ended_at: 'null', result: 'null', wake_at: 'now()' },
  })
  await insertCharges(sql, [5, 5], { charge: { ...differs, account_id: `'${other}'` } })
  await insertCharges(sql, [6, 7])
  await insertRefund(sql, 6, { state: `'pending'` })
  await insertRefund(sql, 7)
  expect(await toRead(false)).toEqual([2, 3, 6])
  expect(await toRead(false, chargeId(2), 1)).toEqual([3])
})

test('of an account that cannot be listed, charges of 7 days are read, and of 40 if they have refunds', async () => {
  const { sql } = database
  for (const [number, days] of [6.9, 7.1, 39.9, 40.1, 41].entries())
    await insertCharges(sql, [number + 1, number + 1], { charge: { created_at: daysAgo(days) } })
  await sql`update charges set state = 'refunded' where id in ${sql([3, 4].map(chargeId))}`
  await insertRefund(sql, 5, { created_at: daysAgo(39.9) })
  expect(await toRead(true)).toEqual([1, 3, 5])
  expect(await toRead(false)).toEqual([])
})

test('a charge that was read is no longer marked, unless a list has shown a difference since', async () => {
  const { sql } = database
  await insertCharges(sql, [1, 2], { charge: { differs_since: 'now()', unlisted_since: 'now()' } })
  const read = await listChargesToRead(sql, { accountId: shared, eachRecent: false }, '', 100)
  await sql`update charges set differs_since = differs_since + interval '1 microsecond' where id = ${chargeId(2)}`
  for (const charge of read) await recordRead(sql, charge)
  expect([await marked(), await numbersOf(sql, 'unlisted_since')]).toEqual([[2], [2]])
})

test('charges with refunds of 40 days are marked once a day, each account on its own', async () => {
  const { sql } = database
  await insertCharges(sql, [1, 3])
  await insertCharges(sql, [4, 4], { charge: { account_id: `'${other}'` } })
  await insertRefund(sql, 1, { created_at: daysAgo(39.9) })
  await insertRefund(sql, 2, { created_at: daysAgo(40.1) })
  await insertRefund(sql, 3, { state: `'failed'` })
  await insertRefund(sql, 4)
  await markRecentRefunds(sql, shared)
  expect(await marked()).toEqual([1])
  await sql`update charges set differs_since = null`
  await markRecentRefunds(sql, shared)
  expect(await marked()).toEqual([])
  await sql`update gateway_lists set compared_until = now() - interval '21 hours'`
  await markRecentRefunds(sql, shared)
  await markRecentRefunds(sql, other)
  expect(await marked()).toEqual([1, 4])
})

test.each([
  [1, 3],
  [26, 27],
  [30 * 24, 7 * 24],
])('if the last round ended %i hours ago, an account is listed for the last %i hours first', async (ended, hours) => {
  const { sql } = database
  await sql`update reconciliation set finished_at = now() - make_interval(hours => ${ended})`
  const since = await reconciledSince(sql)
  expect((Date.now() - since.getTime()) / 3_600_000).toBeCloseTo(hours, 1)
})
