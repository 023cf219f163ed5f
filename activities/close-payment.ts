import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import type { ClosingOutcome } from '../domain/onboarding/run.ts'
import { reopenIfPaid } from '../store/lifecycle/end-onboarding.ts'
import { readFacts } from '../store/onboardings/facts.ts'
import { closeObjects } from '../store/payments/objects.ts'
import { planNextRead } from '../store/onboardings/wake.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { closeForms } from './close-forms.ts'
import { closePermanently } from '../payments/close-permanently.ts'
import { detachMethods } from '../payments/methods/detach-methods.ts'
import { refundCharge } from '../payments/charges/refund-charge.ts'
import { removeMethod } from '../payments/methods/remove-method.ts'
import { removeMethodInProgress } from '../payments/methods/remove-unused-methods.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'
import { listChargesOf } from '../store/charges/charges.ts'
import { listOwnMethods } from '../store/methods/own-methods.ts'

/**
 * Undoes the effects of an onboarding that is closing: cancels its payment objects, refunds its charges, and detaches
 * the payment methods that it attached. If it expired but is paid, it is reopened instead.
 */
export const closePayment =
  (d: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<ClosingOutcome> => {
    await planNextRead(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || !facts.closing) return 'closed'
    const open = await closeAll(d, facts)
    if (open) return 'still_open'
    const reopened = await reopenIfPaid(d.database, reference)
    // `over`: another copy of this step was faster, and its result must not be undone.
    if (reopened !== 'closing') return reopened === 'over' ? 'closed' : reopened
    await undoAll([
      () => returnAll(d, facts),
      () => detachMethods(d, facts),
      () => detachUnused(d, facts),
      () => removeMethodInProgress(d, facts),
      () => closeForms(d)(reference),
    ])
    return 'closed'
  }

/** Returns whether a bank may still pay one of the objects. */
async function closeAll(d: ActivityDependencies, facts: OnboardingFacts): Promise<boolean> {
  const objects = await closeObjects(d.database, facts)
  const closed: boolean[] = []
  for (const object of objects.filter(({ state }) => state === 'creating' || state === 'open')) {
    closed.push(await closePermanently(d, facts, object))
  }
  return closed.includes(false)
}

async function returnAll(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const charge of await listChargesOf(d.database, facts.onboardingId)) {
    if (charge.state === 'succeeded' || charge.state === 'refund_pending') await refundCharge(d, charge)
  }
}

/** Removes methods that were created for attempts without a payment: no object has them. One may be gone already. */
async function detachUnused(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const { accountId, methodId } of await listOwnMethods(d.database, facts.onboardingId))
    await removeMethod(d.database, await d.gateways.of(accountId), facts, { methodId })
}

/** Runs all of them, even if one fails. Throws the first failure at the end. */
async function undoAll(undos: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const undo of undos) await undo().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
