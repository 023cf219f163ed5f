import { referenceOf, type OnboardingReference } from '../../domain/reference.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { removeMethod } from './remove-method.ts'
import { listObjects, type PaymentObject } from '../../store/payments/objects.ts'

/** Removes the payment methods that an onboarding attached to its customer. Some may already be removed. */
export async function detachMethods(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const object of await listObjects(d.database, facts.onboardingId)) await detachMethodOf(d, facts, object)
}

/**
 * Detaches the method that an object attached to its customer, never one that the caller sent. `owner` is an onboarding
 * of the same billing customer.
 */
export async function detachMethodOf(
  d: ActivityDependencies,
  owner: OnboardingReference,
  object: PaymentObject,
): Promise<void> {
  const { methodId, methodOurs } = object
  if (!methodOurs || !methodId) return
  const gateway = await d.gateways.of(object.accountId)
  await removeMethod(d.database, gateway, referenceOf(owner, object), { methodId })
}
