import { isGatewayError } from '../../domain/gateway-errors.ts'
import type { Environment } from '../../domain/lifecycle.ts'
import type { OnboardingFacts } from '../../domain/onboarding.ts'
import { recordMethodGone } from '../../store/method-gone.ts'
import { listObjects, type PaymentObject } from '../../store/payment-rows.ts'
import { nextCancelNumber } from '../../store/prepare-payment.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { gatewayFor } from './gateway-for.ts'

/** Takes away the payment methods that an onboarding attached to its customer; one that is gone already is fine. */
export async function detachMethods(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const object of await listObjects(d.database, facts.id)) await detachMethodOf(d, facts, object)
}

/** Takes the method that an object attached away from its customer; never one that the caller brought. */
export async function detachMethodOf(
  d: ActivityDependencies,
  owner: { environment: Environment; organizationId: string; billingCustomerId: string },
  object: PaymentObject,
): Promise<void> {
  const { onboardingId, gateway, methodId, methodOurs, k, c } = object
  if (!methodOurs || !methodId) return
  const { billingCustomerId } = owner
  try {
    await gatewayFor(d, { ...owner, gateway }).detachMethod(methodId, `${onboardingId}/detach/${k}/${c}`)
    await recordMethodGone(d.database, { id: billingCustomerId, paymentMethodId: methodId })
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused'))
      await nextCancelNumber(d.database, { billingCustomerId, onboardingId }, object)
    throw error
  }
}
