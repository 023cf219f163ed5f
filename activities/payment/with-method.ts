import { amountDue, type OnboardingFacts } from '../../domain/onboarding.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { Database } from '../../store/database.ts'
import type { PaymentAttempt } from '../../store/payment-rows.ts'
import { storeMethod } from '../../store/prepare-payment.ts'

export const methodKey = (onboardingId: string, attempt: number) => `${onboardingId}/method/${attempt}`

/**
 * Makes a lasting payment method of what the customer approved, where the gateway works like that, and stores it before
 * any money moves: what is not stored could not be taken back. Answers undefined where the attempt is over.
 */
export async function withMethod(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<PaymentAttempt | undefined> {
  if (!gateway.exchange || !attempt.singleUse || attempt.methodId || amountDue(facts) === 0) return attempt
  const { id } = await gateway.exchange(attempt.reference, methodKey(facts.id, attempt.number))
  const reference = { billingCustomerId: facts.billingCustomerId, onboardingId: facts.id }
  const stored = await storeMethod(database, reference, attempt.number, id)
  if (stored === 'kept') return { ...attempt, methodId: id }
  // Closed while it was being made: nobody knows of it but us. What is known may be paying for an active customer by now.
  if (stored === 'unknown') await gateway.detachMethod(id, `${methodKey(facts.id, attempt.number)}/detach`)
  return undefined
}
