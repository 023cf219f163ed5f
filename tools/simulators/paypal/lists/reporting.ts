import { link, time, type Ask, type Call } from '../behavior/call.ts'
import { money } from '../behavior/money.ts'
import { hasMoney, leftOf, refundedAmount } from '../behavior/state.ts'
import type { Dispute, Order, PaidOrder, PayPalState } from '../behavior/state.ts'
import { declined, PayPalAnswer } from '../errors.ts'

// The transaction search, as the SDK types it: developer.paypal.com/docs/api/transaction-search/v1.

interface Transaction {
  id: string
  code: string
  /** Minor units; negative if it is outgoing. */
  amount: number
  at: number
  status: string
  order: PaidOrder
  /** The capture that it changes. */
  base?: string
}

/**
 * Returns the transactions of an order: its payment, each refund, a reversal, and what disputes hold or take. "V: a
 * successful transaction was reversed and funds were refunded to the original sender" (reporting_transactions_v1.json).
 */
function transactionsOf(order: PaidOrder, disputes: Dispute[]): Transaction[] {
  const { capture, minor } = order
  const change = { order, base: capture.id, status: 'S' }
  return [
    { id: capture.id, code: 'T0006', amount: minor, at: capture.created, status: statusOf(order), order },
    ...capture.refunds.map(({ id, amount, created: at, status }) => ({
      ...change,
      ...{ id, code: 'T1107', amount: -amount, at, status: statusOfRefund[status] },
    })),
    ...(capture.reversed
      ? [
          {
            ...change,
            id: `${capture.id}R`,
            code: 'T1106',
            amount: refundedAmount(capture) - minor,
            at: capture.reversed,
          },
        ]
      : []),
    ...disputes.map(({ dispute_id, chargeback, created: at }) => ({
      ...change,
      ...{ id: dispute_id.replaceAll('-', ''), code: chargeback ? 'T1201' : 'T1110', amount: -minor, at },
    })),
  ]
}

const statusOfRefund = { COMPLETED: 'S', PENDING: 'P', FAILED: 'D' } as const
const statusOf = (order: PaidOrder) =>
  !hasMoney(order) ? 'D' : order.capture.status === 'PENDING' ? 'P' : leftOf(order) === 0 ? 'V' : 'S'

function viewTransaction({ id, code, amount, at, status, order, base }: Transaction) {
  const { invoice_id, custom_id, amount: whole } = order.unit
  const value = money(Math.abs(amount), whole.currency_code)
  return {
    transaction_info: {
      transaction_id: id,
      ...(base ? { paypal_reference_id: base, paypal_reference_id_type: 'TXN' } : {}),
      transaction_event_code: code,
      transaction_initiation_date: time(at),
      transaction_updated_date: time(at),
      transaction_amount: amount < 0 ? { ...value, value: `-${value.value}` } : value,
      transaction_status: status,
      ...(invoice_id ? { invoice_id } : {}),
      ...(custom_id ? { custom_field: custom_id } : {}),
    },
  }
}

const seconds = (text: string | undefined) => Date.parse(text ?? '') / 1000
const wrong = (field: string, issue: string) => new PayPalAnswer(400, [{ field, location: 'query', issue }])

/** "The maximum supported range is 31 days", pages of at most 500 (reporting_transactions_v1.json). */
function validate({ start_date, end_date, page_size = '100' }: Record<string, string>): void {
  for (const [field, value] of Object.entries({ start_date, end_date }))
    if (Number.isNaN(seconds(value))) throw wrong(field, 'INVALID_PARAMETER_SYNTAX')
  const range = seconds(end_date) - seconds(start_date)
  if (range < 0 || range > 31 * 86_400) throw wrong('end_date', 'INVALID_DATE_RANGE')
  if (!(Number(page_size) >= 1 && Number(page_size) <= 500)) throw wrong('page_size', 'INVALID_PARAMETER_VALUE')
}

/** From public recordings of the call (github.com/airbytehq/airbyte/issues/4404). */
const tooLarge = () =>
  new PayPalAnswer(400, [], {
    named: {
      name: 'RESULTSET_TOO_LARGE',
      message: 'Result set size is greater than the maximum limit. Change the filter criteria and try again.',
    },
  })

/** Returns what a search finds, oldest first. */
function find({ journal }: PayPalState, { start_date, end_date, transaction_status }: Ask['query'], until: number) {
  const disputes = new Map<string, Dispute[]>()
  for (const dispute of journal.view<Dispute>('disputes', () => true))
    disputes.set(dispute.capture, [...(disputes.get(dispute.capture) ?? []), dispute])
  return journal
    .view<Order>('orders', ({ capture }) => capture !== undefined)
    .flatMap((order) => transactionsOf(order as PaidOrder, disputes.get(order.capture!.id) ?? []))
    .filter(({ at }) => at <= until && at >= seconds(start_date) && at <= seconds(end_date))
    .filter(({ status }) => transaction_status === undefined || status === transaction_status)
    .sort((a, b) => a.at - b.at)
}

/** Searches transactions. A transaction appears after the account's reporting delay. */
function search(state: PayPalState, { query, forced }: Ask) {
  if (forced) throw declined(forced)
  validate(query)
  const { start_date, end_date, page = '1', page_size = '100' } = query
  const { reported_after, largest_result } = state.settings()
  const shown = state.now() - reported_after
  const all = find(state, query, shown)
  if (all.length > largest_result) throw tooLarge()
  const from = (Number(page) - 1) * Number(page_size)
  return {
    // "minItems: 1": an empty list is omitted.
    ...(all.length > from
      ? { transaction_details: all.slice(from, from + Number(page_size)).map(viewTransaction) }
      : {}),
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
