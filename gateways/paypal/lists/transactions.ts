import type { Money, TransactionInformation } from '@paypal/paypal-server-sdk'
import { isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import { fromGatewayText } from '../../../domain/payment/money.ts'
import type { ListedPage, ListedTransaction, Period } from '../../listed.ts'
import type { PayPalClient } from '../client.ts'
import { isOurs } from '../orders.ts'
import { secondAfter, secondOf } from './times.ts'

// Transaction search: developer.paypal.com/docs/api/transaction-search/v1. It names captures, not orders.

/** PayPal's largest page. */
const pageSize = 500
/** Milliseconds of the shortest period that is made shorter when it has too many transactions. */
const shortest = 2_000

/** Lists a page of an account's payments, refunds and holds. `after` is the number of the page before. */
export async function listTransactions(
  { call }: PayPalClient,
  { from, to }: Period,
  after: string | null,
): Promise<ListedPage | 'too_many'> {
  const page = Number(after ?? 0) + 1
  const range = { startDate: secondOf(from), endDate: secondAfter(to) }
  try {
    const wanted = { ...range, fields: 'transaction_info', pageSize, page }
    const { result } = await call(({ transactions }) => transactions.searchTransactions(wanted))
    const refreshedAt = result.lastRefreshedDatetime
    return {
      listed: (result.transactionDetails ?? []).flatMap(({ transactionInfo }) => listedTransaction(transactionInfo)),
      next: page < (result.totalPages ?? 1) ? String(page) : null,
      ...(refreshedAt ? { refreshedAt: new Date(refreshedAt) } : {}),
    }
  } catch (error) {
    // "Result set size is greater than the maximum limit": more than 10,000 (github.com/airbytehq/airbyte/issues/4404).
    const isTooLarge = isGatewayError(error, 'refused') && error.vendorCode === 'RESULTSET_TOO_LARGE'
    if (isTooLarge && to.getTime() - from.getTime() >= shortest) return 'too_many'
    throw error
  }
}

/** By the groups and codes of developer.paypal.com/docs/transaction-search/transaction-event-codes. */
function listedTransaction(info: TransactionInformation = {}): ListedTransaction[] {
  const { transactionId: id, transactionEventCode: code = '', transactionStatus: status = '' } = info
  const amount = amountOf(info.transactionAmount)
  if (!id || amount === undefined || status === 'D') return []
  if (code.startsWith('T00')) return isReceived(info) ? [listedPayment(id, info, amount)] : []
  // The base of what changes a payment is its capture ("TXN").
  const { paypalReferenceId: transactionId, paypalReferenceIdType: baseType } = info
  if (!transactionId || (baseType ?? 'TXN') !== 'TXN') return []
  const state = status === 'P' ? 'pending' : 'succeeded'
  if (code === refunded) return [{ kind: 'refund', transactionId, id, amount, state }]
  if (code === reversed) return [{ kind: 'refund', transactionId, id: transactionId, amount, state }]
  return disputed.has(code) ? [{ kind: 'dispute', transactionId }] : []
}

const refunded = 'T1107'
/** By PayPal: the order shows it only in the status of the capture (`refundsOf`). */
const reversed = 'T1106'
/** A hold for a dispute and its end, a chargeback and its reversal. */
const disputed = new Set(['T1110', 'T1111', 'T1201', 'T1202'])

function listedPayment(transactionId: string, info: TransactionInformation, amount: number): ListedTransaction {
  const { customField, invoiceId, transactionStatus, transactionAmount } = info
  return {
    kind: 'payment',
    transactionId,
    ours: isOurs(customField, invoiceId),
    pending: transactionStatus === 'P',
    amount,
    currency: transactionAmount!.currencyCode,
    // "V: fully reversed"; a refund in part does not change the status.
    refunded: transactionStatus === 'V' ? amount : null,
    disputed: false,
  }
}

/** Outgoing amounts are negative. */
const isReceived = ({ transactionAmount }: TransactionInformation) => !transactionAmount?.value.startsWith('-')

/** Returns an amount without its sign, in minor units; undefined for a currency in which we are never paid. */
function amountOf(money: Money | undefined): number | undefined {
  if (!money) return undefined
  try {
    return fromGatewayText(money.value.replace('-', ''), money.currencyCode, 'paypal')
  } catch {
    return undefined
  }
}

/** Returns the order of a capture; null if there is none. */
export async function orderOfCapture({ call }: PayPalClient, captureId: string): Promise<string | null> {
  try {
    const { result } = await call(({ payments }) => payments.getCapturedPayment({ captureId }))
    return result.supplementaryData?.relatedIds?.orderId ?? null
  } catch (error) {
    if (isGatewayError(error, 'not_found')) return null
    throw error
  }
}
