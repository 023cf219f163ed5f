import { isGatewayError } from '../domain/gateway-errors.ts'
import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { PaymentOutcome } from '../domain/run.ts'
import { canEnrollIn } from '../store/billable-items.ts'
import { failForItem } from '../store/activate.ts'
import { underLock } from '../store/lock.ts'
import { readFacts } from '../store/onboarding-facts.ts'
import { findOpenAttempt, type PaymentAttempt } from '../store/payment-rows.ts'
import { recordNotPaid } from '../store/record-outcome.ts'
import { planNextLook } from '../store/wake.ts'
import type { ActivityDependencies } from './dependencies.ts'
import type { OnboardingReference } from './look-at-record.ts'
import { confirmAttempt } from './payment/confirm-attempt.ts'
import { chargedCustomer } from './payment/gateway-customer.ts'
import { gatewayFor } from './payment/gateway-for.ts'
import { ensureObject } from './payment/payment-object.ts'
import { settleLeftBehind } from './payment/settle-left-behind.ts'
import { asStep } from './step.ts'

/** Milliseconds; the workflow gives the step as long. */
export const paymentTimeLimit = 150_000

/**
 * Brings the open attempt to an outcome at the gateway. May be repeated as a whole, and two copies of it at once are
 * harmless: every number rises by compare-and-set, and the payment object admits one success.
 */
export const takePayment = (d: ActivityDependencies) => (reference: OnboardingReference) =>
  asStep(d, async (): Promise<PaymentOutcome> => {
    await planNextLook(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing) return { outcome: 'nothing_to_do' }
    const settled = await settleLeftBehind(d, facts)
    if (settled) return settled
    if (await itemIsGone(d, facts)) return { outcome: 'nothing_to_do' }
    const attempt = await findOpenAttempt(d.database, facts.id)
    return attempt ? payWith(d, facts, attempt) : { outcome: 'nothing_to_do' }
  })

/** Checked again right before money moves: nobody is charged for an item that was withdrawn. */
async function itemIsGone(d: ActivityDependencies, facts: OnboardingFacts): Promise<boolean> {
  if (!facts.billableItemId || (await canEnrollIn(d.database, facts, facts.billableItemId))) return false
  // Where something was sent already, the money decides first: it may have moved.
  if (facts.objects.some((object) => object.state === 'paid')) return false
  await underLock(d.database, facts.billingCustomerId, (sql) => failForItem(sql, facts.id))
  return true
}

async function payWith(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<PaymentOutcome> {
  const gateway = gatewayFor(d, { ...facts, gateway: attempt.gateway })
  try {
    const { customerId, attached } = await chargedCustomer(d.database, gateway, facts, attempt)
    for (let objects = 0; objects < 5; objects++) {
      const made = await ensureObject(d.database, gateway, facts, customerId)
      if (!made) return { outcome: 'nothing_to_do' }
      const outcome = await confirmAttempt(
        { database: d.database, gateway, facts, attempt, object: made.object, attached },
        made.fresh,
      )
      if (outcome !== 'next_object') return outcome
    }
    return { outcome: 'blocked', on: 'operator' }
  } catch (error) {
    if (!isGatewayError(error, 'method_unusable')) throw error
    const code = attempt.singleUse ? 'took_too_long' : 'method_not_usable'
    await recordNotPaid(
      d.database,
      { billingCustomerId: facts.billingCustomerId, onboardingId: facts.id },
      { number: attempt.number, state: 'void', code },
    )
    return { outcome: 'void' }
  }
}
