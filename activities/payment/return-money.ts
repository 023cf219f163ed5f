import { isGatewayError } from '../../domain/gateway-errors.ts'
import type { PaymentGateway, RefundReading } from '../../gateways/gateway.ts'
import { beginRefund, findCharge, nextRefundNumber, recordRefund, type ChargeRow } from '../../store/refunds.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { gatewayFor } from './gateway-for.ts'

/**
 * Sends a charge back, once: the decision is written before the gateway is asked, and on any doubt the gateway's refunds
 * are read. Answers where the refund stands. Throws where the gateway leaves it open; then all of it is repeated.
 */
export async function returnMoney(d: ActivityDependencies, charge: ChargeRow): Promise<ChargeRow['state']> {
  if (charge.state === 'succeeded') await beginRefund(d.database, charge)
  const current = (await findCharge(d.database, charge.id))!
  if (current.state !== 'refund_pending' || !current.objectId) return current.state
  const gateway = gatewayFor(d, current)
  const refund = (await gateway.findRefund(handleOf(current))) ?? (await requestRefund(d, gateway, current))
  await recordRefund(d.database, current, refund)
  return (await findCharge(d.database, charge.id))!.state
}

const handleOf = (charge: ChargeRow) => ({ kind: 'payment' as const, id: charge.objectId! })

async function requestRefund(
  d: ActivityDependencies,
  gateway: PaymentGateway,
  charge: ChargeRow,
): Promise<RefundReading> {
  const metadata = {
    organization_id: charge.organizationId,
    environment: charge.environment,
    billing_customer_id: charge.billingCustomerId,
    onboarding_id: charge.objectOnboardingId,
  }
  try {
    const key = `${charge.objectOnboardingId}/refund/${charge.k}/${charge.r}`
    return await gateway.refund(handleOf(charge), { amount: charge.amount, currency: charge.currency, metadata }, key)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextRefundNumber(d.database, charge)
    throw error
  }
}
