import type { TransactionInformation } from '@paypal/paypal-server-sdk'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PayPalClient } from './client.ts'
import { isOurs } from './orders.ts'

/** A transaction appears in PayPal's reports after up to three hours. */
const reportedWithin = 3 * 3_600_000
const pageSize = 500

/**
 * Lists our orders that were paid since a time, with PayPal's transaction search. Throws `refused` if the app lacks the
 * permission. A transaction has only the id of the capture, so each one costs a further call.
 */
export async function listPaidOrders(client: PayPalClient, since: Date): Promise<string[]> {
  const orders = new Set<string>()
  for (const { transactionId } of await searchOurs(client, new Date(since.getTime() - reportedWithin))) {
    const order = transactionId && (await orderOf(client, transactionId))
    if (order) orders.add(order)
  }
  return [...orders]
}

async function searchOurs({ call }: PayPalClient, since: Date): Promise<TransactionInformation[]> {
  const range = { startDate: timeOf(since), endDate: timeOf(new Date()) }
  const found: TransactionInformation[] = []
  for (let page = 1, pages = 1; page <= pages; page++) {
    const wanted = { ...range, transactionStatus: 'S', fields: 'transaction_info', pageSize, page }
    const { result } = await call(({ transactions }) => transactions.searchTransactions(wanted))
    pages = result.totalPages ?? 1
    for (const { transactionInfo } of result.transactionDetails ?? [])
      if (transactionInfo && isPaymentOfOurs(transactionInfo)) found.push(transactionInfo)
  }
  return found
}

const timeOf = (time: Date) => time.toISOString().replace(/\.\d+/, '')

/** Outgoing amounts, such as refunds, are negative. */
const isPaymentOfOurs = ({ customField, invoiceId, transactionAmount }: TransactionInformation) =>
  isOurs(customField, invoiceId) && !transactionAmount?.value.startsWith('-')

async function orderOf({ call }: PayPalClient, captureId: string): Promise<string | undefined> {
  try {
    const { result } = await call(({ payments }) => payments.getCapturedPayment({ captureId }))
    return result.supplementaryData?.relatedIds?.orderId
  } catch (error) {
    if (isGatewayError(error, 'not_found')) return undefined
    throw error
  }
}
