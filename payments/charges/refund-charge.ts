import { decideRefund } from '../../domain/payment/decide-refund.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { paymentHandle } from '../../domain/payment/payment-object.ts'
import type { PaymentGateway, RefundReading } from '../../gateways/gateway.ts'
import { recordDispute } from '../../store/charges/gateway-changes.ts'
import { beginRefund, nextRefundNumber, recordRefund } from '../../store/charges/refunds.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { gatewayFor } from '../gateway-for.ts'
import { findCharge, type ChargeRow } from '../../store/charges/charges.ts'

/**
 * Refunds a charge, once: the decision is written before the call to the gateway, and on any doubt the gateway's
 * refunds are read. Returns the state of the charge. Throws if the gateway leaves it open; then the whole step is
 * repeated.
 */
export async function refundCharge(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeRow['state']> {
  if (charge.state === 'succeeded') await beginRefund(d.database, charge)
  const current = (await findCharge(d.database, charge.id))!
  if (current.state !== 'refund_pending') return current.state
  if (!current.objectId) {
    // A person confirmed that it was paid, but the object is unknown: a person must return it, too.
    await recordRefund(d.database, current, { id: null, state: 'failed' })
    return 'refund_failed'
  }
  const gateway = gatewayFor(d, current, current.gateway)
  const refunds = await gateway.readRefunds(paymentHandle(current.objectId))
  const decision = decideRefund(current.amount, refunds)
  const refund =
    decision.do === 'record'
      ? { id: refunds.id!, state: decision.state }
      : await requestRefund(d, gateway, current, decision.amount)
  await recordRefund(d.database, current, refund)
  return (await findCharge(d.database, charge.id))!.state
}

async function requestRefund(
  d: ActivityDependencies,
  gateway: PaymentGateway,
  charge: ChargeRow,
  amount: number,
): Promise<{ id: string | null; state: RefundReading['state'] }> {
  const metadata = {
    organization_id: charge.organizationId,
    environment: charge.environment,
    billing_customer_id: charge.billingCustomerId,
    onboarding_id: charge.objectOnboardingId,
  }
  try {
    const key = `${charge.objectOnboardingId}/refund/${charge.objectNumber}/${charge.refundNumber}`
    return await gateway.refund(paymentHandle(charge.objectId!), { amount, currency: charge.currency, metadata }, key)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextRefundNumber(d.database, charge)
    if (!isGatewayError(error, 'disputed')) throw error
    // The customer's bank has already taken the money: only the end of the dispute decides whose it is.
    await recordDispute(d.database, charge)
    return { id: null, state: 'failed' }
  }
}
