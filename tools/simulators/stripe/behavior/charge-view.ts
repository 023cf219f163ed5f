import type Stripe from 'stripe'
import type { FailedCharge, LedgerCharge } from './charges.ts'

// docs.stripe.com/declines: a payment that Radar blocks never reaches the bank.
const outcomeOf = ({ blocked, decline_code }: FailedCharge) => ({
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: blocked ? 'not_sent_to_network' : 'declined_by_network',
  reason: blocked ? 'highest_risk_level' : decline_code,
  risk_level: blocked ? 'highest' : 'normal',
  seller_message: blocked
    ? 'Stripe blocked this payment as too risky.'
    : 'The bank did not return any further details.',
  type: blocked ? 'blocked' : 'issuer_declined',
})

/** Returns a charge in the vendor's format, with every field that its types require. */
export function chargeView(charge: LedgerCharge | FailedCharge): Stripe.Charge {
  const failed = charge.status === 'failed' ? charge : undefined
  const refunded = charge.status === 'failed' ? 0 : charge.refunded_amount
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: failed ? 0 : charge.amount,
    amount_refunded: refunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: null,
    captured: !failed,
    created: charge.created,
    currency: charge.currency,
    customer: charge.customer,
    description: null,
    disputed: charge.disputed ?? false,
    failure_balance_transaction: null,
    failure_code: failed?.failure_code ?? null,
    failure_message: failed?.failure_message ?? null,
    fraud_details: null,
    livemode: false,
    metadata: charge.metadata,
    on_behalf_of: null,
    outcome: failed ? outcomeOf(failed) : null,
    paid: !failed,
    payment_intent: charge.payment_intent,
    payment_method: null,
    payment_method_details: null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: refunded === charge.amount,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: charge.status,
    transfer_data: null,
    transfer_group: null,
  } as unknown as Stripe.Charge
}
