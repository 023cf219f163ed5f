import { pauseOf, type RunWait } from '../domain/onboarding/waits.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { reportOperatorTask } from '../store/onboardings/operator-tasks.ts'
import { findCharge } from '../store/charges/charges.ts'
import { planNextLook } from '../store/charges/wake.ts'

/**
 * Returns the next wait of a run that settles a charge, in milliseconds. Records when it looks again and, if
 * it waits for an operator, why.
 */
export const noteMoneyWait =
  ({ database, longestRetryPause }: ActivityDependencies) =>
  async (chargeId: string, wait: RunWait): Promise<number> => {
    if (wait.on === 'operator') {
      const charge = await findCharge(database, chargeId)
      if (charge) await reportOperatorTask(database, charge, wait.reason, chargeId)
    }
    const pause = pauseOf(wait, longestRetryPause)
    await planNextLook(database, chargeId, pause)
    return pause
  }
