import type { ChargeState } from '../../domain/lifecycle.ts'
import { decideRefund } from '../../domain/payment/decide-refund.ts'
import { paymentHandle } from '../../domain/payment/payment-object.ts'
import { findCharge, type ChargeRow } from '../../store/charges/charges.ts'
import { recordDispute, recordExternalRefund } from '../../store/charges/gateway-changes.ts'
import { recordRefund } from '../../store/charges/refunds.ts'
import { reportOperatorTask } from '../../store/onboardings/operator-tasks.ts'
import { findObject } from '../../store/payments/objects.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { gatewayFor } from '../gateway-for.ts'
import { recordReadAsPaid } from '../record-read-as-paid.ts'
import { refundCharge } from './refund-charge.ts'

/** Settles a charge of an onboarding that has ended: refunds a late payment, watches a refund. */
export async function settleCharge(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeState> {
  if (charge.result === null) return charge.state // its onboarding is live and settles it
  if (charge.state === 'canceled') await findLatePayment(d, charge)
  const current = (await findCharge(d.database, charge.id))!
  const returns =
    current.state === 'refund_pending' ||
    (current.state === 'succeeded' && (current.late || current.result !== 'completed'))
  if (returns) return refundCharge(d, current)
  if (current.state === 'refunded' || current.state === 'refund_failed') return watchRefund(d, current)
  if (current.state === 'succeeded' || current.state === 'kept') return watchKept(d, current)
  return current.state
}

/** Finds a payment that succeeded after its object was closed. It is refunded, and a person is notified. */
async function findLatePayment(d: ActivityDependencies, charge: ChargeRow): Promise<void> {
  if (!charge.objectId) return
  const reading = await gatewayFor(d, charge, charge.gateway).read(paymentHandle(charge.objectId))
  if (reading.state !== 'paid') return
  const object = (await findObject(d.database, charge.objectOnboardingId, charge.objectNumber))!
  await recordReadAsPaid(d.database, charge, object, reading)
  await reportOperatorTask(d.database, charge, 'late_payment')
}

/** A refund can fail days after it succeeded, and vice versa: the current state at the gateway counts. */
async function watchRefund(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeState> {
  const refunds = await gatewayFor(d, charge, charge.gateway).readRefunds(paymentHandle(charge.objectId!))
  const decision = decideRefund(charge.amount, refunds)
  if (decision.do === 'record') await recordRefund(d.database, charge, { id: refunds.id!, state: decision.state })
  return (await findCharge(d.database, charge.id))!.state
}

/** A charge that was kept can be refunded by someone at the gateway, or disputed by the customer's bank. */
async function watchKept(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeState> {
  if (!charge.objectId) return charge.state
  const [gateway, object] = [gatewayFor(d, charge, charge.gateway), paymentHandle(charge.objectId)]
  const { returned } = await gateway.readRefunds(object)
  if (returned >= charge.amount) await recordExternalRefund(d.database, charge)
  if (await gateway.isDisputed(object)) await recordDispute(d.database, charge)
  return (await findCharge(d.database, charge.id))!.state
}
