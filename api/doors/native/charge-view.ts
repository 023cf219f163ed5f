import { z } from '@hono/zod-openapi'
import { notFound } from '../../../domain/failure/failures.ts'
import { chargeStates, gatewayNames, refundSources, refundStates } from '../../../domain/lifecycle.ts'
import type { Tenant } from '../../../domain/reference.ts'
import type { ChargeRow } from '../../../store/charges/charges.ts'
import type { ShownRefund } from '../../../store/charges/refund-rows.ts'
import { findChargeOf } from '../../../store/charges/resolve-charge.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { gatewayPaymentObjectId } from '../../schemas/gateway-ids.ts'
import { time } from '../../schemas/lists.ts'

const refundView = z
  .object({
    id: z.string(),
    object: z.literal('refund'),
    status: z.enum(refundStates).openapi({
      description: 'canceled: not made, because the charge had been refunded at the gateway in the meantime',
    }),
    amount: z.number().int().openapi({ description: 'Minor units' }),
    source: z.enum(refundSources).openapi({
      description:
        'request: this API; undo: an onboarding that did not complete, or a late payment; policy: the setting ' +
        "initial_charge_policy; gateway: someone at the gateway's dashboard, or the customer's bank",
    }),
    reason: z.string().nullable().openapi({ description: 'The reason in the request' }),
    actor_key_id: z.string().nullable().openapi({ description: 'The API key of the request' }),
    failure_code: z.string().nullable().openapi({
      description: "The gateway's code; failed_at_gateway, or less_is_left if the charge was refunded there",
    }),
    gateway_refund_id: z.string().nullable().openapi({ description: "The refund's id at the gateway" }),
    created_at: time,
  })
  .openapi('Refund')

/** A charge as the native API shows it. */
export const chargeView = z
  .object({
    id: z.string(),
    object: z.literal('charge'),
    billing_customer_id: z.string(),
    onboarding_id: z.string(),
    status: z.enum(chargeStates),
    amount: z.number().int().openapi({ description: 'Minor units' }),
    refunded_amount: z.number().int().openapi({
      description: 'What was refunded so far, in minor units. Pending refunds are not included',
    }),
    currency: z.string(),
    gateway: z.enum(gatewayNames),
    gateway_payment_object_id: gatewayPaymentObjectId,
    refunds: z.array(refundView).openapi({ description: 'Oldest first' }),
    created_at: time,
  })
  .openapi('Charge')

const viewRefund = (refund: ShownRefund): z.input<typeof refundView> => ({
  id: refund.id,
  object: 'refund',
  status: refund.state,
  amount: refund.amount,
  source: refund.source,
  reason: refund.reason,
  actor_key_id: refund.actorKeyId,
  failure_code: refund.failure,
  gateway_refund_id: refund.gatewayRefundId,
  created_at: new Date(refund.createdAt).toISOString(),
})

/** Returns a charge as the native API shows it, with its refunds. */
export const viewCharge = (charge: ChargeRow): z.input<typeof chargeView> => ({
  id: charge.id,
  object: 'charge',
  billing_customer_id: charge.billingCustomerId,
  onboarding_id: charge.onboardingId,
  status: charge.state,
  amount: charge.amount,
  refunded_amount: charge.refundedAmount,
  currency: charge.currency,
  gateway: charge.gateway,
  gateway_payment_object_id: charge.objectId,
  refunds: charge.refunds.map(viewRefund),
  created_at: charge.createdAt.toISOString(),
})

/** Returns a charge of this tenant as the native API shows it. Throws `not_found`. */
export async function readChargeView(d: ApiDependencies, tenant: Tenant, id: string) {
  const charge = await findChargeOf(d.database, tenant, id)
  if (!charge) throw notFound('Charge')
  return viewCharge(charge)
}
