import { time, type Ask, type Call } from './call.ts'
import { declined } from './errors.ts'
import { money } from './money.ts'
import { hasMoney, type Order, type PaidOrder, type PayPalState } from './state.ts'

// The transaction search, as the SDK types it: developer.paypal.com/docs/api/transaction-search/v1.

interface Transaction {
  id: string
  code: string
  amount: number
  at: number
  order: PaidOrder
}

/** A payment comes in, and each of its refunds goes out. */
const transactionsOf = (order: PaidOrder): Transaction[] => [
  { id: order.capture.id, code: 'T0006', amount: order.minor, at: order.capture.created, order },
  ...order.capture.refunds.map(({ id, amount, created }) => ({
    id,
    code: 'T1107',
    amount: -amount,
    at: created,
    order,
  })),
]

function viewTransaction({ id, code, amount, at, order }: Transaction) {
  const { invoice_id, custom_id, amount: whole } = order.unit
  const value = money(Math.abs(amount), whole.currency_code)
  return {
    transaction_info: {
      transaction_id: id,
      transaction_event_code: code,
      transaction_initiation_date: time(at),
      transaction_updated_date: time(at),
      transaction_amount: amount < 0 ? { ...value, value: `-${value.value}` } : value,
      transaction_status: order.capture.status === 'PENDING' ? 'P' : 'S',
      ...(invoice_id ? { invoice_id } : {}),
      ...(custom_id ? { custom_field: custom_id } : {}),
    },
  }
}

const seconds = (text: string | undefined) => Date.parse(text ?? '') / 1000

/** Shows a transaction when it is as old as the account's reports are late. */
function search(state: PayPalState, { query, forced }: Ask) {
  if (forced) throw declined(forced)
  const { start_date, end_date, transaction_status, page = '1', page_size = '100' } = query
  const shown = state.now() - state.settings().reported_after
  const all = state.journal
    .list<Order>('orders')
    .filter(hasMoney)
    .flatMap(transactionsOf)
    .filter(({ at }) => at <= shown && at >= seconds(start_date) && at <= seconds(end_date))
    .map(viewTransaction)
    .filter(({ transaction_info }) => transaction_info.transaction_status === (transaction_status ?? 'S'))
  const from = (Number(page) - 1) * Number(page_size)
  return {
    transaction_details: all.slice(from, from + Number(page_size)),
    start_date,
    end_date,
    last_refreshed_datetime: time(shown),
    page: Number(page),
    total_items: all.length,
    total_pages: Math.max(1, Math.ceil(all.length / Number(page_size))),
    links: [],
  }
}

export const reportingCalls: Call[] = [
  { method: 'GET', path: '/v1/reporting/transactions', api: 'reporting', read: search },
]
