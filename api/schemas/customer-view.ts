import { z } from '@hono/zod-openapi'
import { mappingProviders, type PaymentRules } from '../../domain/tenant/customer-profile.ts'
import type { Customer } from '../../store/customers/customers.ts'

const time = z.string().openapi({ format: 'date-time' })

export const paymentRulesView = z
  .object({
    min_amount: z.number().int().nullable(),
    max_amount: z.number().int().nullable(),
    underpayment_allowed: z.boolean(),
    overpayment_allowed: z.boolean(),
  })
  .openapi('PaymentRules')

export const customerView = z
  .object({
    id: z.string().openapi({ example: 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1' }),
    object: z.literal('customer'),
    environment: z.enum(['live', 'sandbox']),
    organization_id: z.string(),
    external_id: z.string().nullable(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    currency: z.string().nullable(),
    balance: z.number().int().nullable().openapi({ description: 'Minor units' }),
    address_line1: z.string().nullable(),
    address_line2: z.string().nullable(),
    address_city: z.string().nullable(),
    address_state: z.string().nullable(),
    address_postal_code: z.string().nullable(),
    address_country: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    payment_rules: z.union([paymentRulesView, z.null()]),
    parent_customer_id: z.string().nullable(),
    integration_entity_mapping: z.array(z.object({ provider: z.enum(mappingProviders), id: z.string() })),
    created_at: time,
    updated_at: time,
  })
  .openapi('Customer')

/** Returns the payment rules as every door shows them. */
export const viewPaymentRules = (rules: PaymentRules | null) =>
  rules && {
    min_amount: rules.minAmount,
    max_amount: rules.maxAmount,
    underpayment_allowed: rules.underpaymentAllowed,
    overpayment_allowed: rules.overpaymentAllowed,
  }

export const viewCustomer = (customer: Customer): z.input<typeof customerView> => ({
  id: customer.id,
  object: 'customer',
  environment: customer.environment,
  organization_id: customer.organizationId,
  external_id: customer.externalId,
  name: customer.name,
  email: customer.email,
  phone: customer.phone,
  currency: customer.currency,
  balance: customer.balance,
  address_line1: customer.addressLine1,
  address_line2: customer.addressLine2,
  address_city: customer.addressCity,
  address_state: customer.addressState,
  address_postal_code: customer.addressPostalCode,
  address_country: customer.addressCountry,
  metadata: customer.metadata,
  payment_rules: viewPaymentRules(customer.paymentRules),
  parent_customer_id: customer.parentCustomerId,
  integration_entity_mapping: customer.mappings,
  created_at: customer.createdAt.toISOString(),
  updated_at: customer.updatedAt.toISOString(),
})
