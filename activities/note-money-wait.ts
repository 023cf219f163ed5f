import { pauseOf, type RunWait } from '../domain/onboarding/waits.ts'
import { underLock } from '../store/database/lock.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { needsPerson } from '../store/onboardings/needs-person.ts'
import { findCharge } from '../store/charges/charges.ts'

/**
 * Returns the next wait of a run that settles a charge, in milliseconds. If it waits for an operator, records why.
 */
export const noteMoneyWait =
  ({ database, longestRetryPause }: ActivityDependencies) =>
  async (chargeId: string, wait: RunWait): Promise<number> => {
    if (wait.on === 'operator') {
      const charge = await findCharge(database, chargeId)
      if (charge)
        await underLock(database, charge.billingCustomerId, (sql) => needsPerson(sql, charge, wait.reason, chargeId))
    }
    return pauseOf(wait, longestRetryPause)
  }
