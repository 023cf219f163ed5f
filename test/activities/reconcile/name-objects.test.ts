import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nameObjects } from '../../../activities/reconcile/name-objects.ts'
import type { PaymentGateway } from '../../../gateways/gateway.ts'
import type { ListedPage, ListedTransaction } from '../../../gateways/listed.ts'
import type { ActivityDependencies } from '../../../payments/dependencies.ts'
import { databaseOfCharges, insertCharges, other, shared } from '../../store/charges/charge-rows.ts'
import type { TestDatabase } from '../../support/servers/database.ts'

// Listed transactions get the payment objects that their rows or the gateway name.

let database: TestDatabase
beforeAll(async () => {
  database = await databaseOfCharges()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.sql`truncate charges, payment_objects, onboardings, billing_customers cascade`
})

const payment = (transactionId: string, ours = true): ListedTransaction => ({
  ...{ kind: 'payment', transactionId, ours, pending: false, amount: 1500, currency: 'USD' },
  ...{ refunded: null, disputed: false },
})
const refund = (transactionId: string): ListedTransaction => ({
  ...{ kind: 'refund', transactionId, id: `re_of_${transactionId}`, amount: 300, state: 'succeeded' },
})

/** Names the objects of a page if the gateway knows these. Returns them, and what the gateway was asked for. */
async function name(page: ListedPage['listed'], known: Record<string, string> = {}) {
  const asked: string[] = []
  const objectOfTransaction = async (id: string) => {
    asked.push(id)
    return known[id] ?? null
  }
  const gateway = { accountId: shared, objectOfTransaction } as unknown as PaymentGateway
  const named = await nameObjects({ database: database.sql } as unknown as ActivityDependencies, gateway, page)
  return { asked, objects: named.map(({ objectId }) => objectId) }
}

const transactions = async () =>
  (
    await database.sql<{ transactionId: string | null }[]>`
      select transaction_id from payment_objects order by account_id desc, object_id`
  ).map((row) => row.transactionId)

test('a transaction that a row of the account has is not read at the gateway', async () => {
  await insertCharges(database.sql, [1, 1], { object: { transaction_id: `'T1'` } })
  expect(await name([payment('T1'), refund('T1')])).toEqual({ asked: [], objects: ['pi_1', 'pi_1'] })
})

test('a row of another account names no object, and gets no transaction', async () => {
  const atOther = { account_id: `'${other}'` }
  await insertCharges(database.sql, [1, 1], { object: { ...atOther, object_id: `'pi_1'`, transaction_id: `'T1'` } })
  await insertCharges(database.sql, [2, 2], { object: { ...atOther, object_id: `'pi_2'` } })
  const { asked, objects } = await name([refund('T1'), refund('T2')], { T1: 'pi_own', T2: 'pi_2' })
  expect({ asked, objects }).toEqual({ asked: ['T1', 'T2'], objects: ['pi_own', 'pi_2'] })
  expect(await transactions()).toEqual(['T1', null])
})

test('a transaction without a row is read once, however often it is listed, and stored with its object', async () => {
  await insertCharges(database.sql, [1, 2])
  await insertCharges(database.sql, [3, 3], { object: { transaction_id: `'T_before'` } })
  const page = [refund('T1'), refund('T1'), payment('T1'), refund('T3')]
  const { asked, objects } = await name(page, { T1: 'pi_1', T3: 'pi_3' })
  expect({ asked, objects }).toEqual({ asked: ['T1', 'T3'], objects: ['pi_1', 'pi_1', 'pi_1', 'pi_3'] })
  expect(await transactions()).toEqual(['T1', null, 'T_before'])
})

test('payments of other programs are neither read nor returned; one of ours keeps its id', async () => {
  const { asked, objects } = await name([payment('T_theirs', false), payment('T_lost'), refund('T_their_refund')])
  expect(asked.sort()).toEqual(['T_lost', 'T_their_refund'])
  expect(objects).toEqual(['T_lost'])
})

test('each of many transactions is read, beside entries that name their object', async () => {
  const ids = Array.from({ length: 12 }, (_, i) => `T${i}`)
  const page: ListedPage['listed'] = [{ kind: 'dispute', objectId: 'pi_named' }, ...ids.map(refund)]
  const { objects } = await name(page, Object.fromEntries(ids.map((id) => [id, `pi_${id}`])))
  expect(objects).toEqual(['pi_named', ...ids.map((id) => `pi_${id}`)])
})
