import { GatewayError, isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { ListedPage, Period } from '../../listed.ts'
import type { PayPalClient } from '../client.ts'
import { secondAfter, secondOf } from './times.ts'

/** PayPal's largest page. */
const pageSize = 50
/** "Within the last 180 days" (customer_disputes_v1.json, update_time_after): an hour less, because clocks differ. */
const searched = 180 * 86_400_000 - 3_600_000

interface DisputePage {
  items?: { dispute_id: string }[]
  links?: { rel?: string; href?: string }[]
}

/** Lists a page of the disputes that changed in a period. The list has no transactions: each dispute is read. */
export async function listDisputes(
  client: PayPalClient,
  { from, to }: Period,
  after: string | null,
): Promise<ListedPage> {
  const earliest = new Date(Math.max(from.getTime(), Date.now() - searched))
  const wanted = new URLSearchParams({
    update_time_after: secondOf(earliest),
    update_time_before: secondAfter(to),
    page_size: String(pageSize),
    ...(after === null ? {} : { next_page_token: after }),
  })
  const { items = [], links = [] } = await readPage(client, `/v1/customer/disputes?${wanted}`, after)
  const listed: ListedPage['listed'] = []
  for (const { dispute_id } of items)
    for (const transactionId of await transactionsOf(client, dispute_id))
      listed.push({ kind: 'dispute', transactionId })
  const next = links.find(({ rel }) => rel === 'next')?.href
  return { listed, next: next ? new URL(next).searchParams.get('next_page_token') : null }
}

async function readPage({ call }: PayPalClient, path: string, after: string | null): Promise<DisputePage> {
  try {
    return (await call(({ other }) => other('GET', path))) as DisputePage
  } catch (error) {
    // How long PayPal knows the token of a page is not published.
    const isOfPage = after !== null && isGatewayError(error, 'refused') && !error.rejectsAccount
    throw isOfPage ? new GatewayError('not_found', error.vendorCode) : error
  }
}

async function transactionsOf({ call }: PayPalClient, disputeId: string): Promise<string[]> {
  const dispute = (await call(({ other }) => other('GET', `/v1/customer/disputes/${disputeId}`))) as {
    disputed_transactions?: { seller_transaction_id?: string }[]
  }
  return (dispute.disputed_transactions ?? []).flatMap(({ seller_transaction_id: id }) => id ?? [])
}
