import { decideRefunds, type RefundStep } from '../../domain/payment/decide-refund.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { paymentHandle } from '../../domain/payment/payment-object.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { recordDispute } from '../../store/charges/gateway-changes.ts'
import { listRefunds, type RefundRow } from '../../store/charges/refund-rows.ts'
import {
  addGatewayRefund,
  beginRefund,
  ensureRefundOfRest,
  nextRefundNumber,
  recordRefund,
  type RefundOutcome,
} from '../../store/charges/refunds.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { findCharge, type ChargeRow } from '../../store/charges/charges.ts'

/**
 * Refunds all of a charge, once, if its onboarding is being undone or the charge is late. Returns the state of the
 * charge. Throws if the gateway leaves it open; then the whole step is repeated.
 */
export async function refundCharge(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeRow['state']> {
  if (charge.state === 'succeeded') await beginRefund(d.database, charge)
  return settleRefunds(d, (await findCharge(d.database, charge.id))!)
}

/**
 * Makes the pending refunds of a charge and records those that the gateway has, each once: a refund has a row before
 * the gateway is called, and the gateway's refunds are read before each call (`decideRefunds`). Returns the state of
 * the charge. Throws like `refundCharge`.
 */
export async function settleRefunds(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeRow['state']> {
  if (charge.state === 'refund_pending') await ensureRefundOfRest(d.database, charge)
  if (charge.objectId) await compareRefunds(d, charge, charge.objectId)
  // A person confirmed that it was paid, but the object is unknown: a person must return it, too.
  else
    for (const refund of await listRefunds(d.database, [charge.id]))
      if (refund.state === 'pending') await recordRefund(d.database, charge, refund, failed('object_unknown'))
  return (await findCharge(d.database, charge.id))!.state
}

const failed = (why: string): RefundOutcome => ({ state: 'failed', why })

async function compareRefunds(d: ActivityDependencies, charge: ChargeRow, objectId: string): Promise<void> {
  const gateway = await d.gateways.of(charge.accountId)
  // Read before the gateway's: a refund that another copy of this step records in between is found there.
  const recorded = await listRefunds(d.database, [charge.id])
  const atGateway = await gateway.readRefunds(paymentHandle(objectId))
  for (const step of decideRefunds(charge.amount, recorded, atGateway)) await carryOut(d, gateway, charge, step)
}

async function carryOut(
  d: ActivityDependencies,
  gateway: PaymentGateway,
  charge: ChargeRow,
  step: RefundStep<RefundRow>,
): Promise<void> {
  switch (step.do) {
    case 'record':
      return recordRefund(d.database, charge, step.refund, step.found)
    case 'add':
      return addGatewayRefund(d.database, charge, step.found)
    case 'give_up':
      return recordRefund(d.database, charge, step.refund, { state: step.state, why: 'less_is_left' })
    case 'request':
      return recordRefund(d.database, charge, step.refund, await request(d, gateway, charge, step))
  }
}

async function request(
  d: ActivityDependencies,
  gateway: PaymentGateway,
  charge: ChargeRow,
  { refund, amount }: Extract<RefundStep<RefundRow>, { do: 'request' }>,
): Promise<RefundOutcome> {
  const metadata = {
    organization_id: charge.organizationId,
    environment: charge.environment,
    billing_customer_id: charge.billingCustomerId,
    onboarding_id: charge.objectOnboardingId,
  }
  const input = { amount, currency: charge.currency, metadata, refundId: refund.id }
  try {
    const key = `${charge.objectOnboardingId}/refund/${charge.objectNumber}/${refund.refundNumber}`
    return await gateway.refund(paymentHandle(charge.objectId!), input, key)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextRefundNumber(d.database, charge, refund)
    if (isGatewayError(error, 'not_refundable')) return failed(error.vendorCode)
    if (!isGatewayError(error, 'disputed')) throw error
    // The customer's bank has already taken the money: only the end of the dispute decides whose it is.
    await recordDispute(d.database, charge)
    return failed(error.vendorCode)
  }
}
