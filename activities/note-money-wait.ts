import { pauseOf, type RunWait } from '../domain/onboarding/waits.ts'
import { underLock } from '../store/database/lock.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { needsPerson } from '../store/onboardings/needs-person.ts'
import { findCharge } from '../store/charges/charges.ts'

/**
 * Says for how long whoever looks after a charge waits now, in milliseconds; where that is for a person, it is written
 * down that one is needed.
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
