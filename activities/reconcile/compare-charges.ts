import type { ChargeState } from '../../domain/lifecycle.ts'
import { paymentHandle } from '../../domain/payment/payment-object.ts'
import { listChargesToCheck as list } from '../../store/charges/charges-to-check.ts'
import { chargeChecked } from '../../metrics/runs.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { settleCharge } from '../../payments/charges/settle-charge.ts'
import { reportOperatorTask } from '../../store/onboardings/operator-tasks.ts'
import { findCharge } from '../../store/charges/charges.ts'

// Reconciliation: compares our charges with the gateways', corrects the record if possible, and reports the rest to
// operators. It never charges.

export const listChargesToCheck =
  ({ database }: ActivityDependencies) =>
  (after: string, limit: number): Promise<string[]> =>
    list(database, after, limit)

/** Reads a charge at its gateway and settles it. Returns its state; null if it does not exist. */
export const checkCharge =
  (d: ActivityDependencies) =>
  async (chargeId: string): Promise<ChargeState | null> => {
    const charge = await findCharge(d.database, chargeId)
    if (!charge) return null
    if (charge.objectId && (charge.state === 'succeeded' || charge.state === 'kept')) {
      const gateway = await d.gateways.of(charge.accountId)
      const reading = await gateway.read(paymentHandle(charge.objectId))
      if (reading.state !== 'paid') await reportOperatorTask(d.database, charge, 'not_paid_there', charge.id)
    }
    const state = await settleCharge(d, (await findCharge(d.database, chargeId))!)
    chargeChecked(state)
    return state
  }
