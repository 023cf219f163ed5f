import { PaypalReferenceIdType, type TransactionInformation } from '@paypal/paypal-server-sdk'
import { expect, test } from 'vitest'
import { GatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { PayPalClient } from '../../../gateways/paypal/client.ts'
import { listDisputes } from '../../../gateways/paypal/lists/disputes.ts'
import { listTransactions } from '../../../gateways/paypal/lists/transactions.ts'

// What PayPal's simulator does not show: answers are made up here.

const period = { from: new Date('2026-11-01T10:00:00.400Z'), to: new Date('2026-11-01T11:00:00.600Z') }

/** A client whose search answers with these transactions, or fails. Calls of other paths get `answers`, in order. */
function clientOf(found: TransactionInformation[] | Error, answers: (object | Error)[] = []) {
  const asked: object[] = []
  const answer = (what: object, value: unknown) => {
    asked.push(what)
    if (value instanceof Error) throw value
    return value
  }
  const searchTransactions = async (wanted: object) => {
    const result = { transactionDetails: [found].flat().map((transactionInfo) => ({ transactionInfo })) }
    return { result: answer(wanted, found instanceof Error ? found : result) }
  }
  const other = async (_: string, path: string) =>
    answer(Object.fromEntries(new URLSearchParams(path.split('?')[1])), answers.shift())
  const call = (work: (paypal: object) => unknown) => work({ transactions: { searchTransactions }, other })
  return { asked, client: { call } as unknown as PayPalClient }
}

const listed = async (info: TransactionInformation) => {
  const page = await listTransactions(clientOf([info]).client, period, null)
  return page === 'too_many' ? page : page.listed
}
const money = (value: string, currencyCode = 'USD') => ({ value, currencyCode })
const received = { transactionId: 'T1', transactionEventCode: 'T0006', transactionStatus: 'S' }
const change = {
  ...received,
  paypalReferenceId: 'CAP',
  paypalReferenceIdType: PaypalReferenceIdType.Txn,
  transactionAmount: money('-3.00'),
}

test('a payment is ours by what its order is called, whatever else it says', async () => {
  const transactionAmount = money('15.00')
  expect(await listed({ ...received, transactionAmount, invoiceId: 'onb_1' })).toMatchObject([{ ours: true }])
  expect(await listed({ ...received, transactionAmount, invoiceId: 'theirs' })).toMatchObject([{ ours: false }])
})

test.each<[string, TransactionInformation]>([
  ['what the account paid', { ...received, transactionAmount: money('-15.00') }],
  ['a currency in which we are never paid', { ...received, transactionAmount: money('15.00', 'XXX') }],
  [
    'what changes no capture',
    { ...change, transactionEventCode: 'T1107', paypalReferenceIdType: PaypalReferenceIdType.Odr },
  ],
  ['a change that names nothing', { ...received, transactionEventCode: 'T1107', transactionAmount: money('-3.00') }],
  ['other codes', { ...change, transactionEventCode: 'T0400' }],
])('%s is left out', async (_, info) => {
  expect(await listed(info)).toEqual([])
})

test('a refund that PayPal has not decided is pending', async () => {
  const refund = { ...change, transactionEventCode: 'T1107' }
  const expected = { kind: 'refund', transactionId: 'CAP', id: 'T1', amount: 300 }
  expect(await listed({ ...refund, transactionStatus: 'P' })).toEqual([{ ...expected, state: 'pending' }])
  expect(await listed(refund)).toEqual([{ ...expected, state: 'succeeded' }])
})

test('a search has whole seconds, and includes those in which its period begins and ends', async () => {
  const { asked, client } = clientOf([])
  await listTransactions(client, period, '2')
  expect(asked).toMatchObject([{ startDate: '2026-11-01T10:00:00Z', endDate: '2026-11-01T11:00:01Z', page: 3 }])
})

test('a period with too many transactions is made shorter, but not below two seconds', async () => {
  const { client } = clientOf(new GatewayError('refused', 'RESULTSET_TOO_LARGE'))
  const lasting = (ms: number) => ({ from: period.from, to: new Date(period.from.getTime() + ms) })
  expect(await listTransactions(client, lasting(2_000), null)).toBe('too_many')
  await expect(listTransactions(client, lasting(1_999), null)).rejects.toMatchObject({ kind: 'refused' })
})

test('disputes are listed of the last 180 days', async () => {
  const { asked, client } = clientOf([], [{}, {}])
  const days = (count: number) => new Date(Date.now() - count * 86_400_000)
  await listDisputes(client, { from: days(300), to: days(0) }, null)
  await listDisputes(client, { from: days(10), to: days(0) }, null)
  const begin = asked.map((each) => Date.parse((each as { update_time_after: string }).update_time_after))
  expect(begin[0]).toBeGreaterThan(days(180).getTime())
  expect(begin[0]).toBeLessThan(days(179).getTime())
  expect(Math.abs(begin[1]! - days(10).getTime())).toBeLessThan(60_000)
})

test.each<[string, string | null, boolean, string]>([
  ['a page whose token PayPal has forgotten is `not_found`, so the window begins again', 'token', false, 'not_found'],
  ['a first page that is refused is `refused`', null, false, 'refused'],
  ['a page of an account that is rejected is `refused`', 'token', true, 'refused'],
])('%s', async (_, after, rejectsAccount, kind) => {
  const refused = new GatewayError('refused', 'INVALID_REQUEST', { rejectsAccount })
  await expect(listDisputes(clientOf([], [refused]).client, period, after)).rejects.toMatchObject({ kind })
})

test('each transaction of a dispute is listed', async () => {
  const answers = [
    { items: [{ dispute_id: 'PP-1' }] },
    { disputed_transactions: [{ seller_transaction_id: 'CAP1' }, { seller_transaction_id: 'CAP2' }, {}] },
  ]
  const { listed: disputes, next } = await listDisputes(clientOf([], answers).client, period, null)
  expect(disputes.map((one) => 'transactionId' in one && one.transactionId)).toEqual(['CAP1', 'CAP2'])
  expect(next).toBeNull()
})
