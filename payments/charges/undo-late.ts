import { readFacts } from '../../store/onboardings/facts.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { detachMethods } from '../methods/detach-methods.ts'
import { returnMoney } from './return-money.ts'
import { needsPerson } from '../../store/onboardings/needs-person.ts'
import { listChargesOf } from '../../store/charges/charges.ts'

/**
 * Takes back what came on an object that had been given up: whoever closed it may have gone by now, so whoever finds it
 * does that. Money goes back and a person is told; a method goes where its onboarding will not complete any more.
 */
export async function undoLate(d: ActivityDependencies, onboardingId: string): Promise<void> {
  for (const charge of await listChargesOf(d.database, onboardingId)) {
    if (!charge.late || charge.state !== 'succeeded') continue
    await needsPerson(d.database, charge, 'late_payment')
    await returnMoney(d, charge)
  }
  const facts = (await readFacts(d.database, onboardingId))!
  const undone = facts.result ?? (facts.closing === 'expired' ? null : facts.closing)
  if (undone && undone !== 'completed') await detachMethods(d, facts)
}
