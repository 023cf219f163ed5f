import type { ChargeState } from '../domain/lifecycle.ts'
import { moneyWorkflowId } from '../domain/onboarding/run.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { settleCharge } from '../payments/charges/settle-charge.ts'
import { findCharge } from '../store/charges/charges.ts'
import { isStrayOf } from './guard/own-run.ts'

/**
 * The step of the run `money/{charge}`. Returns the state of the charge, which is read again if it is `refund_pending`;
 * `unknown_charge` if it does not exist; or `superseded` if the run is a stray copy.
 */
export const settleMoney =
  (d: ActivityDependencies) =>
  async (chargeId: string): Promise<ChargeState | 'unknown_charge' | 'superseded'> => {
    const charge = await findCharge(d.database, chargeId)
    if (!charge) return 'unknown_charge'
    return isStrayOf(moneyWorkflowId(chargeId)) ? 'superseded' : settleCharge(d, charge)
  }
