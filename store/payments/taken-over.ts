import type { DescribedMethod } from '../../domain/payment/payment-method.ts'
import { amountDue, openAttempt } from '../../domain/onboarding/onboarding.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Database } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'
import { paidUnderLock } from './outcomes.ts'

/** A method that its customer saved at the gateway before, submitted by an attempt. */
export interface TakenOver {
  attempt: number
  /** The gateway account that has it. */
  accountId: string
  gatewayCustomerId: string
  method: DescribedMethod
}

/**
 * Records a saved method as the result of an attempt that charges nothing. Its setup object exists only here, without
 * an id at the gateway, and is inserted as saved in one transaction. Returns `over` if the onboarding is closing or has
 * ended, or the attempt is not open; `other_way` if an amount is due meanwhile, or an object of an earlier attempt can
 * still save another method; and `method_removed` as `recordPaid`.
 */
export async function recordTakenOver(
  database: Database,
  reference: OnboardingReference,
  { attempt, accountId, gatewayCustomerId, method }: TakenOver,
): Promise<'paid' | 'method_removed' | 'over' | 'other_way'> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing || openAttempt(facts)?.number !== attempt) return 'over'
    if (amountDue(facts) > 0 || facts.objects.some(({ state }) => state !== 'dead')) return 'other_way'
    const { onboardingId, environment, gateway, currency, objects } = facts
    const k = objects.length + 1
    const setup = { kind: 'setup', gateway, accountId, gatewayCustomerId, amount: 0, currency }
    const row = { onboardingId, k, environment, ...setup }
    await sql`insert into payment_objects ${sql(row)}`
    const recorded = await paidUnderLock(sql, reference, k, method)
    return recorded === 'method_removed' ? recorded : 'paid'
  })
}
