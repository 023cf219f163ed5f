import { link, time, type Ask, type Call } from './call.ts'
import { declined, PayPalAnswer } from '../errors.ts'
import { money } from './money.ts'
import { hasMoney, shownStatus, type Order, type PaidOrder, type PayPalState } from './state.ts'

// The transaction search, as the SDK types it: developer.paypal.com/docs/api/transaction-search/v1.

interface Transaction {
  id: string
  code: string
  amount: number
  at: number
  order: PaidOrder
}

/** Returns the transactions of an order: its payment and each refund. */
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

/**
 * "V: a successful transaction was reversed and funds were refunded to the original sender"
 * (reporting_transactions_v1.json).
 */
function statusOf(order: PaidOrder, amount: number): string {
  if (order.capture.status === 'PENDING') return 'P'
  return amount > 0 && shownStatus(order) === 'REFUNDED' ? 'V' : 'S'
}

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
      transaction_status: statusOf(order, amount),
      ...(invoice_id ? { invoice_id } : {}),
      ...(custom_id ? { custom_field: custom_id } : {}),
    },
  }
}

const seconds = (text: string | undefined) => Date.parse(text ?? '') / 1000

/** "The maximum supported range is 31 days" (reporting_transactions_v1.json, end_date). */
function validateRange(start: string | undefined, end: string | undefined): void {
  const named = { start_date: start, end_date: end }
  for (const [field, value] of Object.entries(named))
    if (Number.isNaN(seconds(value)))
      throw new PayPalAnswer(400, [{ field, location: 'query', issue: 'INVALID_PARAMETER_SYNTAX' }])
  const range = seconds(end) - seconds(start)
  if (range < 0 || range > 31 * 86_400)
    throw new PayPalAnswer(400, [{ field: 'end_date', location: 'query', issue: 'INVALID_DATE_RANGE' }])
}

/** Searches transactions. A transaction appears after the account's reporting delay. */
function search(state: PayPalState, { query, forced }: Ask) {
  if (forced) throw declined(forced)
  const { start_date, end_date, transaction_status, page = '1', page_size = '100' } = query
  validateRange(start_date, end_date)
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
    // "minItems: 1": an empty list is omitted.
    ...(all.length > from ? { transaction_details: all.slice(from, from + Number(page_size)) } : {}),
    start_date,
    end_date,
    last_refreshed_datetime: time(shown),
    page: Number(page),
    total_items: all.length,
    total_pages: Math.max(1, Math.ceil(all.length / Number(page_size))),
    links: [link(`${state.url}/v1/reporting/transactions`, 'self')],
  }
}

export const reportingCalls: Call[] = [
  { method: 'GET', path: '/v1/reporting/transactions', api: 'reporting', read: search },
]
