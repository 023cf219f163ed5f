import { z } from '@hono/zod-openapi'
import { toMomentCustomerId } from '../../../domain/text/ids.ts'
import type { Customer, CustomerChanges } from '../../../store/customers/customers.ts'
import * as fields from '../../schemas/fields.ts'
import { checkTogether, profileFields, toChanges } from '../../schemas/customer-fields.ts'
import { paymentRulesView, viewPaymentRules } from '../../schemas/customer-view.ts'
import { asTexts, startedFields } from '../../customers/at-doors.ts'

const changeable = {
  name: fields.name(255, 'John Doe').nullish(),
  email: fields.email(255).nullish(),
  phone: fields.phone.nullish(),
  currency: fields.currency.nullish().openapi({ example: 'ZAR' }),
  balance: profileFields.balance,
  payment_rules: profileFields.payment_rules,
  metadata: fields
    .metadata(z.string(fields.mustBe('a string')), { keys: 10, keyLength: 40, valueLength: 500 })
    .optional()
    .openapi({ example: { customer_id: 'cust_123456', order_id: 'ord_789012' } }),
}
const externalReference = fields
  .text(255, 'INV-2024-001')
  .regex(/^[a-zA-Z0-9_-]+$/, 'must contain only letters, digits, _ and -')
  .superRefine(fields.canBeExternalId)

export const createRequest = z
  .strictObject({ external_reference: externalReference, ...changeable })
  .superRefine(checkTogether)
  .openapi('MomentCreateCustomer', { example: { external_reference: 'UCR1234567890', name: 'John Doe' } })
export const updateRequest = z
  .strictObject(changeable)
  .superRefine(checkTogether)
  .openapi('MomentUpdateCustomer', { example: { name: 'John Doe' } })

/** Returns the changes for the store. */
export const toMomentChanges = ({
  external_reference: reference,
  ...rest
}: z.output<typeof updateRequest> & { external_reference?: string }): CustomerChanges =>
  toChanges({ ...rest, ...(reference === undefined ? {} : { external_id: reference }) })

export const customerView = z
  .object({
    id: z.string().openapi({ example: 'bcus_01k2j0q8e5f7g9h1j3k5m7n9p1' }),
    external_reference: z.string().optional(),
    name: z.string().optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    currency: z.string().optional(),
    balance: z.number().int().optional().openapi({ description: 'Minor units; positive if the customer owes it' }),
    payment_rules: paymentRulesView.optional(),
    metadata: z.record(z.string(), z.string()),
  })
  .openapi('MomentCustomer', { description: 'Unknown fields are omitted' })
export const createdCustomer = customerView.extend(startedFields).openapi('MomentCreatedCustomer')

export function viewCustomer(customer: Customer): z.input<typeof customerView> {
  const values = {
    external_reference: customer.externalId,
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
    currency: customer.currency,
    balance: customer.balance,
    payment_rules: viewPaymentRules(customer.paymentRules),
  }
  return {
    id: toMomentCustomerId(customer.id),
    ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)),
    metadata: asTexts(customer.metadata),
  }
}
