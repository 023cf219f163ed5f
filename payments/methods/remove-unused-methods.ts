import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { handleOf } from '../../domain/payment/payment-object.ts'
import { amountDue, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { findOpenAttempt } from '../../store/payments/attempts.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { recordReadAsPaid } from '../record-read-as-paid.ts'
import { removeMethod } from './remove-method.ts'
import { methodKey } from './ensure-method.ts'
import { findObject } from '../../store/payments/objects.ts'
import { listUnusedMethods } from '../../store/methods/own-methods.ts'

/**
 * Removes the payment methods that were created for attempts that failed. An unavailable gateway blocks nothing: the
 * removal is retried with the next attempt, and when the onboarding closes. A method that paid after all, in a call
 * whose response was lost, stays.
 */
export async function removeUnusedMethods(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const unused of await listUnusedMethods(d.database, facts.onboardingId))
    try {
      const gateway = await d.gateways.of(unused.accountId)
      if (await mayHavePaid(d, gateway, facts, unused)) continue
      await removeMethod(d.database, gateway, facts, { methodId: unused.methodId, attempt: unused.number })
    } catch (error) {
      if (!isGatewayError(error)) throw error
    }
}

/**
 * Reads the object that a method was sent to, if it can still be paid. Returns whether it is paid (which is recorded)
 * or may be.
 */
async function mayHavePaid(
  d: ActivityDependencies,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  { objectNumber }: { objectNumber: number | null },
): Promise<boolean> {
  const object = objectNumber === null ? undefined : await findObject(d.database, facts.onboardingId, objectNumber)
  if (object?.state !== 'open' || !object.objectId) return false
  const reading = await gateway.read(handleOf(facts, { ...object, objectId: object.objectId }))
  if (reading.state === 'paid') await recordReadAsPaid(d.database, facts, object, reading)
  return reading.state === 'paid' || reading.state === 'processing'
}

/**
 * The customer's approval may have become a payment method in a call whose response was lost. The same call returns
 * which one, and it is removed.
 */
export async function removeMethodInProgress(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  const attempt = await findOpenAttempt(d.database, facts.onboardingId)
  if (!attempt?.singleUse || attempt.methodId || amountDue(facts) === 0) return
  const gateway = await d.gateways.of(attempt.accountId)
  if (!gateway.exchange) return
  try {
    const { id: methodId } = await gateway.exchange(attempt.reference, methodKey(facts.onboardingId, attempt.number))
    await removeMethod(d.database, gateway, facts, { methodId })
  } catch (error) {
    if (!isGatewayError(error, 'method_unusable')) throw error
  }
}
