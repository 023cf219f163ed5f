import type { ChargeState } from '../domain/lifecycle.ts'
import { moneyWorkflowId } from '../domain/onboarding/run.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { settleCharge } from '../payments/charges/settle-charge.ts'
import { findCharge } from '../store/charges/charges.ts'
import { beginLook, planNextLook } from '../store/charges/wake.ts'
import { isStrayOf } from './guard/own-run.ts'

/**
 * The step of the run `money/{charge}`. Returns the state of the charge, which is read again if it is `refund_pending`,
 * as it is while any refund of it is pending; `unknown_charge` if it does not exist; or `superseded` if the run is a
 * stray copy.
 */
export const settleMoney =
  (d: ActivityDependencies) =>
  async (chargeId: string): Promise<ChargeState | 'unknown_charge' | 'superseded'> => {
    const charge = await findCharge(d.database, chargeId)
    if (!charge) return 'unknown_charge'
    if (isStrayOf(moneyWorkflowId(chargeId))) return 'superseded'
    await beginLook(d.database, chargeId, paymentTimeLimit)
    const state = await settleCharge(d, charge)
    await planNextLook(d.database, chargeId, paymentTimeLimit)
    return state
  }
