import type { Environment } from '../../domain/lifecycle.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { gatewayFor } from '../gateway-for.ts'
import { takeBackMethod } from './take-back-method.ts'
import { listObjects, type PaymentObject } from '../../store/payments/objects.ts'

/** Takes back the payment methods that an onboarding attached to its customer; one that is gone already is fine. */
export async function detachMethods(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const object of await listObjects(d.database, facts.id)) await detachMethodOf(d, facts, object)
}

/** Takes back the method that an object attached to its customer; never one that the caller brought. */
export async function detachMethodOf(
  d: ActivityDependencies,
  owner: { environment: Environment; organizationId: string; billingCustomerId: string },
  object: PaymentObject,
): Promise<void> {
  const { onboardingId, methodId, methodOurs } = object
  if (!methodOurs || !methodId) return
  const { environment, billingCustomerId } = owner
  const gateway = gatewayFor(d, { ...owner, gateway: object.gateway })
  await takeBackMethod(d.database, gateway, { environment, billingCustomerId, onboardingId, methodId })
}
