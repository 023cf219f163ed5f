import { endReplacement, swapMethod as swap } from '../store/replacements.ts'
import { planNextLook } from '../store/wake.ts'
import type { ActivityDependencies } from './dependencies.ts'
import type { OnboardingReference } from './look-at-record.ts'
import { detachMethodOf } from './payment/detach-methods.ts'
import { asStep } from './step.ts'
import { paymentTimeLimit } from './take-payment.ts'

/**
 * The end of every good replacement: the new method becomes the customer's, then the old one is detached where we had
 * attached it, then the replacement ends. Nothing is charged. Repeated, each part finds itself done.
 */
export const swapMethod = (d: ActivityDependencies) => (reference: OnboardingReference) =>
  asStep(d, async (): Promise<void> => {
    await planNextLook(d.database, reference.onboardingId, paymentTimeLimit)
    const replaced = await swap(d.database, reference)
    if (replaced === undefined) return
    if (replaced) await detachMethodOf(d, reference, replaced)
    await endReplacement(d.database, reference)
  })
