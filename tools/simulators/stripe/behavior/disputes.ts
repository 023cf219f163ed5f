import type Stripe from 'stripe'
import type { LedgerCharge, StripeState } from './state.ts'

const evidence = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
]

/** Opens a dispute of a charge. The event is sent with the current call's response. */
export function openDispute(state: StripeState, charge: LedgerCharge): void {
  state.journal.put('charges', charge.id, { ...charge, disputed: true })
  const dispute = newDispute(state.newId('du'), state.now(), charge)
  state.journal.put('disputes', dispute.id, dispute)
  state.happened('charge.dispute.created', dispute)
}

/** Returns a dispute of a charge in the vendor's format, with every field that its types require. */
function newDispute(id: string, created: number, charge: LedgerCharge): Stripe.Dispute {
  return {
    id,
    object: 'dispute',
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...Object.fromEntries(evidence.map((name) => [name, null])), enhanced_evidence: {} },
    evidence_details: {
      due_by: null,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: true,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status: 'needs_response',
  } as unknown as Stripe.Dispute
}
