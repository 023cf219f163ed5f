import { endReplacement, swapMethod as swap } from '../store/lifecycle/replacements.ts'
import { planNextLook } from '../store/onboardings/wake.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { detachMethodOf } from '../payments/methods/detach-methods.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'

/**
 * The end of every good replacement: the new method becomes the customer's, then the old one is detached where we had
 * attached it, then the replacement ends. Nothing is charged. Repeated, each part finds itself done.
 */
export const swapMethod =
  (d: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<void> => {
    await planNextLook(d.database, reference.onboardingId, paymentTimeLimit)
    const replaced = await swap(d.database, reference)
    if (replaced === undefined) return
    if (replaced) await detachMethodOf(d, reference, replaced)
    await endReplacement(d.database, reference)
  }
