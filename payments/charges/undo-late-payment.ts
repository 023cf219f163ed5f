import { readFacts } from '../../store/onboardings/facts.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { detachMethods } from '../methods/detach-methods.ts'
import { refundCharge } from './refund-charge.ts'
import { reportOperatorTask } from '../../store/onboardings/operator-tasks.ts'
import { listChargesOf } from '../../store/charges/charges.ts'

/**
 * Undoes a payment on an object that had been closed. The step that closed it may have ended, so the one that finds the
 * payment undoes it: refunds it, notifies a person, and removes the method if the onboarding will not complete.
 */
export async function undoLatePayment(d: ActivityDependencies, onboardingId: string): Promise<void> {
  for (const charge of await listChargesOf(d.database, onboardingId)) {
    if (!charge.late || charge.state !== 'succeeded') continue
    await reportOperatorTask(d.database, charge, 'late_payment')
    await refundCharge(d, charge)
  }
  const facts = (await readFacts(d.database, onboardingId))!
  const undone = facts.result ?? (facts.closing === 'expired' ? null : facts.closing)
  if (undone && undone !== 'completed') await detachMethods(d, facts)
}
