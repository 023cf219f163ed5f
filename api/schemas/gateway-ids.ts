import { z } from '@hono/zod-openapi'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { gatewayNames } from '../../domain/lifecycle.ts'
import type { BillingCustomer } from '../../store/billing-customers/billing-customers.ts'

// Ids at the gateway, for callers who charge or reconcile there with their own code (docs/api.md).

const facts = gatewayNames.map((name) => gatewayFacts[name])
const customers = facts.flatMap(({ savedMethod }) => savedMethod.customer?.what ?? [])
const withoutCustomers = facts.filter(({ savedMethod }) => !savedMethod.customer).map(({ title }) => title)
const anyOf = (whats: string[]) => whats.join('; or ')

/** The ids of a billing customer at its gateway. */
export const gatewayIds = {
  gateway_customer_id: z
    .string()
    .nullable()
    .openapi({
      description:
        `The customer at the gateway to which the payment method is saved: ${anyOf(customers)}. Null without a ` +
        `payment method, and at ${withoutCustomers.join(' and ')}, which has no customers`,
    }),
  gateway_payment_method_id: z
    .string()
    .nullable()
    .openapi({
      description:
        `The payment method at the gateway: ${anyOf(facts.map(({ savedMethod }) => savedMethod.what))}. Several ` +
        'billing customers can have the same one. Null without a payment method',
    }),
}

/** The id of a charge at its gateway. */
export const gatewayPaymentObjectId = z
  .string()
  .nullable()
  .openapi({
    description:
      `The payment object at the gateway: ${anyOf(facts.map(({ paymentObject }) => paymentObject))}. ` +
      'Null until the gateway has returned it',
  })

/** Returns a billing customer's ids at its gateway. */
export const viewGatewayIds = ({
  gateway,
  gatewayCustomerId,
  paymentMethodId,
}: Pick<BillingCustomer, 'gateway' | 'gatewayCustomerId' | 'paymentMethodId'>) => ({
  gateway_customer_id: paymentMethodId && gatewayFacts[gateway].savedMethod.customer ? gatewayCustomerId : null,
  gateway_payment_method_id: paymentMethodId,
})
