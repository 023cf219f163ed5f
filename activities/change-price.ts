import { GatewayError } from '../domain/gateway-errors.ts'
import { isPaid } from '../domain/onboarding.ts'
import { readFacts } from '../store/onboarding-facts.ts'
import { listObjects } from '../store/payment-rows.ts'
import { applyWantedPrice, dropWantedPrice } from '../store/price.ts'
import { planNextLook } from '../store/wake.ts'
import type { ActivityDependencies } from './dependencies.ts'
import type { OnboardingReference } from './look-at-record.ts'
import { closeForGood } from './payment/close-for-good.ts'
import { asStep } from './step.ts'
import { paymentTimeLimit } from './take-payment.ts'

/**
 * Lets an operator's price hold: the payment object of the old one is made unable to pay first. Found paid, nothing is
 * changed and the operator is told.
 */
export const changePrice = (d: ActivityDependencies) => (reference: OnboardingReference) =>
  asStep(d, async (): Promise<void> => {
    await planNextLook(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing || facts.wantedAmount === null) return
    for (const object of await listObjects(d.database, facts.id)) {
      if (object.state !== 'creating' && object.state !== 'open') continue
      if (!(await closeForGood(d, facts, object))) throw new GatewayError('unknown', 'not_closed_yet')
    }
    const paid = isPaid((await readFacts(d.database, reference.onboardingId))!)
    await (paid ? dropWantedPrice(d.database, reference) : applyWantedPrice(d.database, reference))
  })
