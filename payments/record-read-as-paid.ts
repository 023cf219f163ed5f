import { GatewayError } from '../domain/payment/gateway-errors.ts'
import { referenceOf, type OnboardingReference } from '../domain/reference.ts'
import type { Reading } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'
import { recordPaid, type Recorded } from '../store/payments/outcomes.ts'
import type { PaymentObject } from '../store/payments/objects.ts'

/**
 * Records a reading of `paid` if amount, currency and customer are the requested ones. Otherwise throws `refused`: a
 * person must check before anything else happens. Returns as `recordPaid`.
 */
export async function recordReadAsPaid(
  database: Database,
  owner: OnboardingReference,
  object: PaymentObject,
  reading: Reading,
): Promise<Recorded> {
  if (reading.state !== 'paid') throw new Error('only a paid object can be recorded as paid')
  const asAsked = object.kind === 'setup' || (reading.amount === object.amount && reading.currency === object.currency)
  if (!asAsked) throw new GatewayError('refused', 'paid_amount_differs')
  if (reading.customerId !== undefined && reading.customerId !== object.gatewayCustomerId)
    throw new GatewayError('refused', 'paid_customer_differs')
  const { method, transactionId } = reading
  return recordPaid(database, referenceOf(owner, object), object.objectNumber, method, transactionId)
}
