import { amountDue, leftBehind, type OnboardingFacts } from '../../domain/onboarding.ts'
import type { PaymentOutcome } from '../../domain/run.ts'
import { findObject } from '../../store/payment-rows.ts'
import { buryObject } from '../../store/prepare-payment.ts'
import { adoptCharge, listChargesLeftBehind, type ChargeRow } from '../../store/refunds.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { gatewayFor } from './gateway-for.ts'
import { closeObject, type OpenObject } from './payment-object.ts'
import { recordReadAsPaid } from './record-read-as-paid.ts'
import { returnMoney } from './return-money.ts'

/**
 * Settles what earlier onboardings of the billing customer left: unpaid objects are canceled, a paid charge is adopted
 * where it is what this onboarding would charge and returned otherwise. Answers an outcome where this one may not go on,
 * undefined where the way is free.
 */
export async function settleLeftBehind(
  d: ActivityDependencies,
  facts: OnboardingFacts,
): Promise<PaymentOutcome | undefined> {
  if (leftBehind(facts).length === 0) return undefined
  for (const charge of await listChargesLeftBehind(d.database, facts.billingCustomerId, facts.id)) {
    const outcome = await settleOne(d, facts, charge)
    if (outcome) return outcome
  }
  return undefined
}

async function settleOne(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  charge: ChargeRow,
): Promise<PaymentOutcome | undefined> {
  switch (charge.state) {
    case 'open':
      await closeLeftOpen(d, facts, charge)
      return settleLeftBehind(d, facts)
    case 'succeeded':
      if (await adoptCharge(d.database, charge, facts.id)) return { outcome: 'paid' }
      return afterRefund(await returnMoney(d, charge))
    case 'refund_pending':
      return afterRefund(await returnMoney(d, charge))
    default:
      return amountDue(facts) > 0 ? { outcome: 'blocked', on: 'operator' } : undefined
  }
}

function afterRefund(state: ChargeRow['state']): PaymentOutcome | undefined {
  if (state === 'refunded') return undefined
  return { outcome: 'blocked', on: state === 'refund_pending' ? 'gateway' : 'operator' }
}

async function closeLeftOpen(d: ActivityDependencies, facts: OnboardingFacts, charge: ChargeRow): Promise<void> {
  const reference = { billingCustomerId: facts.billingCustomerId, onboardingId: charge.objectOnboardingId }
  const object = (await findObject(d.database, charge.objectOnboardingId, charge.k))!
  if (!object.objectId) return buryObject(d.database, reference, charge.k)
  const closed = await closeObject(d.database, gatewayFor(d, charge), reference, object as OpenObject)
  if (closed.state === 'paid') await recordReadAsPaid(d.database, facts, object, closed)
  else if (closed.state === 'dead') await buryObject(d.database, reference, charge.k)
}
