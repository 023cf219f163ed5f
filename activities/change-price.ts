import { GatewayError } from '../domain/payment/gateway-errors.ts'
import { isPaid } from '../domain/onboarding/onboarding.ts'
import { readFacts } from '../store/onboardings/facts.ts'
import { applyWantedPrice, dropWantedPrice } from '../store/lifecycle/price.ts'
import { planNextRead } from '../store/onboardings/wake.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { closePermanently } from '../payments/close-permanently.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'
import { listObjects } from '../store/payments/objects.ts'

/**
 * Applies the amount that an operator requested, after the payment object of the old amount is canceled. If that turns
 * out to be paid, nothing changes, and an event tells the operator.
 */
export const changePrice =
  (d: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<void> => {
    await planNextRead(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing || facts.wantedAmount === null) return
    for (const object of await listObjects(d.database, facts.onboardingId)) {
      if (object.state !== 'creating' && object.state !== 'open') continue
      if (!(await closePermanently(d, facts, object))) throw new GatewayError('unknown', 'not_closed_yet')
    }
    const paid = isPaid((await readFacts(d.database, reference.onboardingId))!)
    await (paid ? dropWantedPrice(d.database, reference) : applyWantedPrice(d.database, reference))
  }
