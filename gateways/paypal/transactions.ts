import type { TransactionInformation } from '@paypal/paypal-server-sdk'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PayPalClient } from './client.ts'
import { isOurs } from './orders.ts'

/** PayPal takes up to three hours until a transaction is in its reports. */
const reportedWithin = 3 * 3_600_000
const pageSize = 500

/**
 * Orders of ours that were paid since a time, by PayPal's transaction search. Throws `refused` where the app may not search. A
 * transaction names the capture, so each of ours costs one call more.
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

/** What goes out, such as a refund, is negative. */
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
