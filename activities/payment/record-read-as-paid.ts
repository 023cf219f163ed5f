import { GatewayError } from '../../domain/gateway-errors.ts'
import type { OnboardingFacts } from '../../domain/onboarding.ts'
import type { Reading } from '../../gateways/gateway.ts'
import type { Database } from '../../store/database.ts'
import type { PaymentObject } from '../../store/payment-rows.ts'
import { recordPaid } from '../../store/record-outcome.ts'

/**
 * Writes a reading that says `paid`, once amount and currency are those that we asked for. Throws `refused` where they
 * are not: then a person must look before anything else happens.
 */
export async function recordReadAsPaid(
  database: Database,
  facts: Pick<OnboardingFacts, 'billingCustomerId'>,
  object: PaymentObject,
  reading: Reading,
): Promise<void> {
  if (reading.state !== 'paid') throw new Error('only a paid object can be recorded as paid')
  const asAsked = object.kind === 'setup' || (reading.amount === object.amount && reading.currency === object.currency)
  if (!asAsked) throw new GatewayError('refused', 'paid_amount_differs')
  const reference = { billingCustomerId: facts.billingCustomerId, onboardingId: object.onboardingId }
  await recordPaid(database, reference, object.k, reading.method)
}
