import { amountDue, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { PaymentOutcome } from '../../domain/onboarding/run.ts'
import type { Blocker } from '../../domain/onboarding/waits.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { closePermanently } from '../close-permanently.ts'
import { refundCharge } from './refund-charge.ts'
import { adoptCharge, findCharge, listEarlierCharges, type ChargeRow } from '../../store/charges/charges.ts'
import { letChargeStand } from '../../store/lifecycle/price.ts'
import { findObject } from '../../store/payments/objects.ts'

/**
 * Settles what earlier onboardings of the billing customer left: unpaid objects are canceled; a paid charge is adopted
 * if this onboarding would charge the same, and refunded otherwise. What stands after a closing is not charged again.
 * Returns an outcome if this onboarding must not charge; undefined if it may.
 */
export async function settleEarlierCharges(
  d: ActivityDependencies,
  facts: OnboardingFacts,
): Promise<PaymentOutcome | undefined> {
  if (facts.kind === 'replacement' || facts.onboardingNumber === 1) return undefined
  for (const charge of await listEarlierCharges(d.database, facts)) {
    const outcome = await settleOne(d, facts, charge)
    if (outcome) return outcome
  }
  return undefined
}

const operator = { on: 'operator', reason: 'earlier_charge' } as const satisfies Blocker

async function settleOne(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  charge: ChargeRow,
): Promise<PaymentOutcome | undefined> {
  switch (charge.state) {
    case 'open':
      return closeOpenCharge(d, facts, charge)
    case 'succeeded':
      if (charge.result === 'completed') return letStand(d, facts, charge.id)
      if (await adoptCharge(d.database, charge, facts.onboardingId)) return { outcome: 'paid' }
      return afterRefund(await refundCharge(d, charge))
    case 'kept':
      return amountDue(facts) > 0 ? letStand(d, facts, charge.id) : undefined
    case 'refund_pending': {
      const state = await refundCharge(d, charge)
      if (state === 'succeeded') return settleOne(d, facts, (await findCharge(d.database, charge.id))!)
      return amountDue(facts) > 0 ? afterRefund(state) : undefined
    }
    default:
      return amountDue(facts) > 0 ? { outcome: 'blocked', ...operator } : undefined
  }
}

/** The charge of a billing customer that was closed is not made again. The customer only saves a payment method. */
async function letStand(
  { database }: ActivityDependencies,
  facts: OnboardingFacts,
  chargeId: string,
): Promise<PaymentOutcome | undefined> {
  const voided = await letChargeStand(database, facts, chargeId)
  if (voided) return { outcome: 'void' }
  return amountDue(facts) > 0 ? { outcome: 'nothing_to_do' } : undefined
}

function afterRefund(state: ChargeRow['state']): PaymentOutcome | undefined {
  if (state === 'refunded') return undefined
  return { outcome: 'blocked', ...(state === 'refund_pending' ? { on: 'gateway' } : operator) }
}

/** Makes the object of an earlier onboarding unable to pay. If it was paid, settles its charge as paid. */
async function closeOpenCharge(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  charge: ChargeRow,
): Promise<PaymentOutcome | undefined> {
  const object = (await findObject(d.database, charge.objectOnboardingId, charge.objectNumber))!
  if (!(await closePermanently(d, facts, object))) return { outcome: 'blocked', on: 'gateway' }
  const settled = (await findCharge(d.database, charge.id))!
  return settled.state === 'canceled' ? undefined : settleOne(d, facts, settled)
}
