import type { ChargeState } from '../domain/lifecycle.ts'
import { moneyWorkflowId } from '../domain/onboarding/run.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { settleCharge } from '../payments/charges/settle-charge.ts'
import { findCharge } from '../store/charges/charges.ts'
import { isStrayOf } from './guard/own-run.ts'

/**
 * The step of `money/{charge}`: returns the charge's state, where `refund_pending` means that it must be looked at
 * again, `unknown_charge` where there is none, or `superseded` where the run is a stray copy.
 */
export const settleMoney =
  (d: ActivityDependencies) =>
  async (chargeId: string): Promise<ChargeState | 'unknown_charge' | 'superseded'> => {
    const charge = await findCharge(d.database, chargeId)
    if (!charge) return 'unknown_charge'
    return isStrayOf(moneyWorkflowId(chargeId)) ? 'superseded' : settleCharge(d, charge)
  }
