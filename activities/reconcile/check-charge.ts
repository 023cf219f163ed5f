import type { ChargeState } from '../../domain/lifecycle.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { paymentHandle } from '../../domain/payment/payment-object.ts'
import type { PersonReason } from '../../domain/onboarding/person-reasons.ts'
import type { Reading } from '../../gateways/gateway.ts'
import { chargeChecked } from '../../metrics/runs.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { settleCharge } from '../../payments/charges/settle-charge.ts'
import { findCharge, type ChargeRow } from '../../store/charges/charges.ts'
import { reportOperatorTask } from '../../store/onboardings/operator-tasks.ts'
import { storeTransactionId } from '../../store/charges/transaction-ids.ts'

/** `isUndecided`: its payment may still succeed although it counts as canceled, so it must be read again. */
export interface CheckedCharge {
  state: ChargeState
  isUndecided: boolean
}

/**
 * Reads a charge at its gateway and settles it: corrects the record if possible, and reports the rest to operators. It
 * never charges. Returns null if the charge does not exist. Throws the gateway's errors, but for one that says that it
 * has no such payment.
 */
export async function checkCharge(d: ActivityDependencies, chargeId: string): Promise<CheckedCharge | null> {
  const charge = await findCharge(d.database, chargeId)
  if (!charge) return null
  const isRecordedAsPaid = charge.state === 'succeeded' || charge.state === 'kept'
  const reading = isRecordedAsPaid || charge.state === 'canceled' ? await readPayment(d, charge) : undefined
  const wrong = reading && findWrong(reading, charge, isRecordedAsPaid)
  if (wrong) await reportOperatorTask(d.database, charge, wrong, charge.id)
  const isSettled = wrong === undefined || (wrong === 'amount_differs' && charge.state !== 'canceled')
  const state = isSettled ? await settleCharge(d, (await findCharge(d.database, chargeId))!) : charge.state
  chargeChecked(state)
  return { state, isUndecided: state === 'canceled' && reading?.state === 'processing' }
}

type Read = Reading | { state: 'not_found' }

/** Returns undefined if the charge has no payment yet. */
async function readPayment(d: ActivityDependencies, { objectId, accountId }: ChargeRow): Promise<Read | undefined> {
  if (!objectId) return undefined
  const gateway = await d.gateways.of(accountId)
  const reading = await gateway.read(paymentHandle(objectId)).catch((error: unknown): Read => {
    if (isGatewayError(error, 'not_found')) return { state: 'not_found' }
    throw error
  })
  if (reading.state === 'paid' && reading.transactionId !== undefined)
    await storeTransactionId(d.database, { accountId, objectId, transactionId: reading.transactionId })
  return reading
}

/** Returns what only a person can put right; undefined if the gateway shows the charge as it is recorded. */
function findWrong(
  reading: Read,
  { amount, currency }: ChargeRow,
  isRecordedAsPaid: boolean,
): PersonReason | undefined {
  if (reading.state !== 'paid') return isRecordedAsPaid ? 'not_paid_there' : undefined
  return reading.amount === amount && reading.currency === currency ? undefined : 'amount_differs'
}
