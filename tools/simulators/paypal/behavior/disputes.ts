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

function listDisputes(state: PayPalState, { query }: Ask) {
  const items = state.journal
    .list<Dispute>(
      'disputes',
      ({ capture }) => !query.disputed_transaction_id || capture === query.disputed_transaction_id,
    )
    .map((dispute) => viewDispute(state, dispute))
  // "minItems: 1" in customer_disputes_v1.json: an empty list is omitted.
  return { ...(items.length > 0 ? { items } : {}), links: [link(`${state.url}/v1/customer/disputes`, 'self')] }
}

/** Opens a payer's dispute of a capture. Returns the event. */
export function openDispute(state: PayPalState, captureId: string): Event {
  const { unit } = state.orderOfCapture(captureId)
  const dispute: Dispute = { dispute_id: `PP-D-${state.newId(5)}`, capture: captureId, created: state.now() }
  state.journal.put('disputes', dispute.dispute_id, dispute)
  const transaction = { seller_transaction_id: captureId, custom: unit.custom_id, invoice_number: unit.invoice_id }
  // Only the list includes `dispute_state`.
  const shown: Partial<ReturnType<typeof viewDispute>> = viewDispute(state, dispute)
  delete shown.dispute_state
  return {
    type: 'CUSTOMER.DISPUTE.CREATED',
    resource: { ...shown, disputed_transactions: [transaction] },
  }
}

export const disputeCalls: Call[] = [
  { method: 'GET', path: '/v1/customer/disputes', api: 'disputes', read: listDisputes },
]
