import type { ChargeState } from '../../domain/lifecycle.ts'
import { paymentHandle } from '../../domain/payment/payment-object.ts'
import { findCharge, type ChargeRow } from '../../store/charges/charges.ts'
import { recordDispute } from '../../store/charges/gateway-changes.ts'
import { listRefunds } from '../../store/charges/refund-rows.ts'
import { beginRefund } from '../../store/charges/refunds.ts'
import { reportOperatorTask } from '../../store/onboardings/operator-tasks.ts'
import { findObject } from '../../store/payments/objects.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { recordReadAsPaid } from '../record-read-as-paid.ts'
import { settleRefunds } from './refund-charge.ts'

/**
 * Settles a charge: makes and follows its refunds, and refunds a late payment. A live onboarding undoes its own charge;
 * only refunds of parts are made then. Returns the state of the charge, or `refund_pending` while any refund of it is.
 */
export async function settleCharge(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeState> {
  const isLive = charge.result === null
  if (!isLive && charge.state === 'canceled') await findLatePayment(d, charge)
  const current = (await findCharge(d.database, charge.id))!
  if (isLive ? !(await isRefunding(d, charge.id)) : !hasMoney.has(current.state)) return current.state
  if (!isLive && mustGoBack(current)) await beginRefund(d.database, current)
  const state = await settleRefunds(d, (await findCharge(d.database, charge.id))!)
  if (!isLive && (state === 'succeeded' || state === 'kept')) await findDispute(d, current)
  return (await isRefunding(d, charge.id)) ? 'refund_pending' : state
}

const hasMoney = new Set<ChargeState>(['succeeded', 'kept', 'refund_pending', 'refunded', 'refund_failed'])

const mustGoBack = ({ state, late, result }: ChargeRow) => state === 'succeeded' && (late || result !== 'completed')

const isRefunding = async ({ database }: ActivityDependencies, chargeId: string) =>
  (await listRefunds(database, [chargeId])).some(({ state }) => state === 'pending')

/** Finds a payment that succeeded after its object was closed. It is refunded, and a person is notified. */
async function findLatePayment(d: ActivityDependencies, charge: ChargeRow): Promise<void> {
  if (!charge.objectId) return
  const gateway = await d.gateways.of(charge.accountId)
  const reading = await gateway.read(paymentHandle(charge.objectId))
  if (reading.state !== 'paid') return
  const object = (await findObject(d.database, charge.objectOnboardingId, charge.objectNumber))!
  await recordReadAsPaid(d.database, charge, object, reading)
  await reportOperatorTask(d.database, charge, 'late_payment')
}

/** The customer's bank can dispute a charge that was to be kept. */
async function findDispute(d: ActivityDependencies, charge: ChargeRow): Promise<void> {
  if (!charge.objectId) return
  const gateway = await d.gateways.of(charge.accountId)
  const isDisputed = await gateway.isDisputed(paymentHandle(charge.objectId))
  if (isDisputed) await recordDispute(d.database, charge)
}
