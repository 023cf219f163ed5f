import { pauseOf, type RunWait } from '../domain/onboarding/waits.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { reportOperatorTask } from '../store/onboardings/operator-tasks.ts'
import { findCharge } from '../store/charges/charges.ts'

/**
 * Returns the next wait of a run that settles a charge, in milliseconds. If it waits for an operator, records why.
 */
export const noteMoneyWait =
  ({ database, longestRetryPause }: ActivityDependencies) =>
  async (chargeId: string, wait: RunWait): Promise<number> => {
    if (wait.on === 'operator') {
      const charge = await findCharge(database, chargeId)
      if (charge) await reportOperatorTask(database, charge, wait.reason, chargeId)
    }
    return pauseOf(wait, longestRetryPause)
  }
