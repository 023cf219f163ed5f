import { endReplacement, swapMethod as swap } from '../store/lifecycle/replacements.ts'
import { planNextRead } from '../store/onboardings/wake.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { detachMethodOf } from '../payments/methods/detach-methods.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'

/**
 * Completes a replacement: the customer gets the new method, the old one is detached if we attached it, and the
 * replacement ends. Nothing is charged. Each part can be repeated.
 */
export const swapMethod =
  (d: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<void> => {
    await planNextRead(d.database, reference.onboardingId, paymentTimeLimit)
    const replaced = await swap(d.database, reference)
    if (replaced === undefined) return
    if (replaced) await detachMethodOf(d, reference, replaced)
    await endReplacement(d.database, reference)
  }
