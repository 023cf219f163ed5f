import { z } from '@hono/zod-openapi'
import { billingCustomerStatuses, gatewayNames } from '../../../domain/lifecycle.ts'
import type { BillingCustomer } from '../../../store/billing-customers/billing-customers.ts'

export const edgeBillingCustomer = z
  .object({
    bc_dt: z.string().openapi({ description: 'UTC', example: '2026-03-30 10:22:00' }),
    bc_id: z.string(),
    bc_orgid: z.string(),
    bc_contid: z.string(),
    bc_status: z.enum(billingCustomerStatuses),
    bc_gateway: z.enum(gatewayNames),
    bc_allow_trigger: z.number().int(),
    bc_initial_charged: z.number().int(),
    setup_url: z
      .string()
      .optional()
      .openapi({ description: 'The page on which the customer enters a payment method; only while pending' }),
    requires_action: z
      .literal(true)
      .optional()
      .openapi({ description: "The customer's bank requires an action; send the customer to setup_url" }),
  })
  .openapi('EdgeBillingCustomer')

/** Returns a time in UTC as `YYYY-MM-DD HH:MM:SS`. */
export const edgeTime = (time: Date) => time.toISOString().slice(0, 19).replace('T', ' ')

/** Returns the metadata to store: the caller's, with the item of this call as `_bi_id`, as in the documents. */
export const keptMetadata = (metadata: Record<string, unknown> | null | undefined, itemId: string | undefined) => ({
  ...metadata,
  ...(itemId === undefined ? {} : { _bi_id: itemId }),
})

/**
 * Returns `bc_meta` of a response: the caller's metadata, with the documented `_bi_id` and `_gateway` as they currently
 * are, even if the gateway is the default. `itemId` is the item of the open onboarding, if any.
 */
export const toEdgeMetadata = ({ metadata, gateway }: BillingCustomer, itemId: string | null) => ({
  ...metadata,
  ...(itemId === null ? {} : { _bi_id: itemId }),
  _gateway: gateway,
})

type EdgeBillingCustomer = z.input<typeof edgeBillingCustomer>

/** Returns a billing customer with the documented names. `setup` says how the customer continues, if it applies. */
export function toEdgeBillingCustomer(
  billingCustomer: BillingCustomer,
  contactId: string,
  setup?: Pick<EdgeBillingCustomer, 'setup_url' | 'requires_action'>,
): EdgeBillingCustomer {
  return {
    bc_dt: edgeTime(billingCustomer.createdAt),
    bc_id: billingCustomer.id,
    bc_orgid: billingCustomer.organizationId,
    bc_contid: contactId,
    bc_status: billingCustomer.status,
    bc_gateway: billingCustomer.gateway,
    bc_allow_trigger: billingCustomer.allowTrigger ? 1 : 0,
    bc_initial_charged: billingCustomer.initialCharged ? 1 : 0,
    ...setup,
  }
}
