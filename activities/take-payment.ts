import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import type { PaymentOutcome } from '../domain/onboarding/run.ts'
import { canEnrollIn } from '../store/catalog/billable-items.ts'
import { failForItem } from '../store/lifecycle/activate.ts'
import { underLock } from '../store/database/lock.ts'
import { readFacts } from '../store/onboardings/facts.ts'
import { isGatewayError } from '../domain/payment/gateway-errors.ts'
import { recordAccountRefused } from '../store/gateway-accounts/refused-accounts.ts'
import { findOpenAttempt, type PaymentAttempt } from '../store/payments/attempts.ts'
import { inActivity } from './guard/own-run.ts'
import { planNextRead } from '../store/onboardings/wake.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { settleEarlierCharges } from '../payments/charges/settle-earlier-charges.ts'
import { removeUnusedMethods } from '../payments/methods/remove-unused-methods.ts'
import { payWith } from '../payments/pay.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'

/**
 * Brings the open attempt to an outcome at the gateway. It can be repeated, and two concurrent copies are harmless:
 * every number is incremented by compare-and-set, and a payment object can succeed only once.
 */
export const takePayment =
  (d: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<PaymentOutcome> => {
    await planNextRead(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing) return { outcome: 'nothing_to_do' }
    const settled = await settleEarlierCharges(d, facts)
    if (settled) return settled
    if (await itemIsGone(d, facts)) return { outcome: 'nothing_to_do' }
    const attempt = await findOpenAttempt(d.database, facts.onboardingId)
    if (!attempt) return { outcome: 'nothing_to_do' }
    const outcome = await payWith(d, facts, attempt).catch((error: unknown) => throwReported(d, facts, attempt, error))
    if (attempt.number > 1 || outcome.outcome !== 'paid') await removeUnusedMethods(d, facts)
    return outcome
  }

/** Records an account that its gateway rejects, so that pages offer the other gateways in the meantime. */
async function throwReported(
  { database }: ActivityDependencies,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
  error: unknown,
): Promise<never> {
  if (isGatewayError(error) && error.rejectsAccount) {
    const { gateway, accountId } = attempt
    inActivity()?.log.error(refusedText, { gateway, account: accountId, code: error.vendorCode })
    await recordAccountRefused(database, facts, attempt, error.vendorCode)
  }
  throw error
}

const refusedText = 'a gateway rejects our account; an operator must act (docs/operations.md, gateway_refused)'

/** Checked again right before the charge: nobody is charged for an item that is no longer available. */
async function itemIsGone(d: ActivityDependencies, facts: OnboardingFacts): Promise<boolean> {
  if (!facts.billableItemId || (await canEnrollIn(d.database, facts, facts.billableItemId))) return false
  // Money that has moved already is settled first.
  if (facts.objects.some((object) => object.state === 'paid')) return false
  await underLock(d.database, facts.billingCustomerId, (sql) => failForItem(sql, facts.onboardingId))
  return true
}
