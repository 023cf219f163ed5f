import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import { amountDue, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { Database } from '../../store/database/database.ts'
import type { PaymentAttempt } from '../../store/payments/attempts.ts'
import { storeMethod } from '../../store/methods/own-methods.ts'
import { removeMethod } from './remove-method.ts'

export const methodKey = (onboardingId: string, attempt: number) => `${onboardingId}/method/${attempt}`

/**
 * Exchanges the customer's approval for a reusable payment method, if the gateway works like that, and stores it before
 * any money moves: a method that is not stored could not be removed. Returns undefined if the attempt is over. Throws
 * `method_unusable` if the gateway returned a method that is being removed: the customer approves again.
 */
export async function ensureMethod(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<PaymentAttempt | undefined> {
  if (!gateway.exchange || !attempt.singleUse || attempt.methodId || amountDue(facts) === 0) return attempt
  const { id } = await gateway.exchange(attempt.reference, methodKey(facts.onboardingId, attempt.number))
  const stored = await storeMethod(database, facts, attempt.number, id)
  if (stored === 'kept') return { ...attempt, methodId: id }
  if (stored === 'known') return undefined
  // The attempt was closed meanwhile, so only this step knows the method; or it is being removed, which is finished.
  await removeMethod(database, gateway, facts, { methodId: id, attempt: attempt.number })
  if (stored === 'removed') throw new GatewayError('method_unusable', 'method_removed')
  return undefined
}
