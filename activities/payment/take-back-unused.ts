import { isGatewayError } from '../../domain/gateway-errors.ts'
import { amountDue, type OnboardingFacts } from '../../domain/onboarding.ts'
import { findOpenAttempt, listUnusedMethods } from '../../store/payment-rows.ts'
import { noteMethodGone } from '../../store/prepare-payment.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { gatewayFor } from './gateway-for.ts'
import { methodKey } from './with-method.ts'

/**
 * Takes back the payment methods that were made for attempts that came to nothing. A gateway that is away does not hold anything
 * up: it is asked again with the next attempt, and when the onboarding closes.
 */
export async function takeBackUnused(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const unused of await listUnusedMethods(d.database, facts.id))
    try {
      const gateway = gatewayFor(d, { ...facts, gateway: unused.gateway })
      await gateway.detachMethod(unused.methodId, `${methodKey(facts.id, unused.number)}/detach`)
      await noteMethodGone(
        d.database,
        { billingCustomerId: facts.billingCustomerId, onboardingId: facts.id },
        unused.number,
      )
    } catch (error) {
      if (!isGatewayError(error)) throw error
    }
}

/**
 * What the customer approved may just be becoming a payment method, by a call whose answer nobody has: the same call tells which,
 * and it is taken back.
 */
export async function takeBackUnderWay(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  const attempt = await findOpenAttempt(d.database, facts.id)
  if (!attempt?.singleUse || attempt.methodId || amountDue(facts) === 0) return
  const gateway = gatewayFor(d, { ...facts, gateway: attempt.gateway })
  if (!gateway.exchange) return
  const key = methodKey(facts.id, attempt.number)
  try {
    const { id } = await gateway.exchange(attempt.reference, key)
    await gateway.detachMethod(id, `${key}/detach`)
  } catch (error) {
    if (!isGatewayError(error, 'method_unusable')) throw error
  }
}
