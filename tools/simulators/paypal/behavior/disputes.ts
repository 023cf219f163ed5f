import { link, time, type Ask, type Call, type Event } from './call.ts'
import type { Dispute, PayPalState } from './state.ts'

/** Returns a dispute as the disputes API lists it: developer.paypal.com/docs/api/customer-disputes/v1. */
function viewDispute(state: PayPalState, { dispute_id, capture, created }: Dispute) {
  return {
    dispute_id,
    create_time: time(created),
    update_time: time(created),
    reason: 'UNAUTHORISED',
    status: 'OPEN',
    dispute_state: 'OPEN_INQUIRIES',
    dispute_amount: state.orderOfCapture(capture).unit.amount,
    dispute_life_cycle_stage: 'INQUIRY',
    dispute_channel: 'INTERNAL',
    links: [link(`${state.url}/v1/customer/disputes/${dispute_id}`, 'self')],
  }
}

const seconds = (text: string) => Date.parse(text) / 1000

/** Lists disputes by transaction, or by the time of their last change, newest first. */
function listDisputes(state: PayPalState, { query }: Ask) {
  const { disputed_transaction_id, update_time_after, update_time_before, page_size = '10', next_page_token } = query
  const all = state.journal
    .view<Dispute>(
      'disputes',
      ({ capture, created }) =>
        (!disputed_transaction_id || capture === disputed_transaction_id) &&
        (!update_time_after || created >= seconds(update_time_after)) &&
        (!update_time_before || created <= seconds(update_time_before)),
    )
    .reverse()
  const from = next_page_token ? Number(Buffer.from(next_page_token, 'base64')) : 0
  const to = from + Number(page_size)
  const items = all.slice(from, to).map((dispute) => viewDispute(state, dispute))
  const next = new URLSearchParams({ ...query, next_page_token: Buffer.from(String(to)).toString('base64') })
  return {
    // "minItems: 1" in customer_disputes_v1.json: an empty list is omitted.
    ...(items.length > 0 ? { items } : {}),
    links: [
      link(`${state.url}/v1/customer/disputes`, 'self'),
      ...(all.length > to ? [link(`${state.url}/v1/customer/disputes?${next}`, 'next')] : []),
    ],
  }
}

/** Returns a dispute with its transactions. Only the list includes `dispute_state`. */
function viewWhole(state: PayPalState, dispute: Dispute) {
  const { unit } = state.orderOfCapture(dispute.capture)
  const shown: Partial<ReturnType<typeof viewDispute>> = viewDispute(state, dispute)
  delete shown.dispute_state
  const names = { custom: unit.custom_id, invoice_number: unit.invoice_id }
  const given = Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined))
  return { ...shown, disputed_transactions: [{ seller_transaction_id: dispute.capture, ...given }] }
}

/** Opens a payer's dispute of a capture, at PayPal or at the bank. Returns the event. */
export function openDispute(state: PayPalState, captureId: string, chargeback: boolean): Event {
  const created = state.now()
  const dispute: Dispute = { dispute_id: `PP-D-${state.newId(5)}`, capture: captureId, chargeback, created }
  const resource = viewWhole(state, dispute)
  state.journal.put('disputes', dispute.dispute_id, dispute)
  return { type: 'CUSTOMER.DISPUTE.CREATED', resource }
}

export const disputeCalls: Call[] = [
  { method: 'GET', path: '/v1/customer/disputes', api: 'disputes', read: listDisputes },
  {
    method: 'GET',
    path: '/v1/customer/disputes/:id',
    api: 'disputes',
    read: (state, { id }) => viewWhole(state, state.find<Dispute>('disputes', id)),
  },
]
