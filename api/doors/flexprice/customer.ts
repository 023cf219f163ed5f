import { z } from '@hono/zod-openapi'
import { customerIdIn, toFlexpriceCustomerId } from '../../../domain/text/ids.ts'
import type { Customer } from '../../../store/customers/customers.ts'
import * as fields from '../../schemas/fields.ts'
import { checkTogether, externalId, profileFields } from '../../schemas/customer-fields.ts'
import { asTexts, startedFields } from '../../customers/at-doors.ts'

// As in its Go clients: null means the same as an omitted field, and an empty string removes the value.
const said = <Field extends z.ZodType>(field: Field) => z.preprocess((value) => value ?? undefined, field.optional())
const clearable = <Field extends z.ZodType>(field: Field) =>
  z.preprocess((value) => (value === '' ? null : (value ?? undefined)), field.nullable().optional())

const common = {
  name: clearable(fields.name(255, 'Acme Corporation')),
  email: clearable(fields.email()),
  address_line1: clearable(fields.name(255)),
  address_line2: clearable(fields.name(255)),
  address_city: clearable(fields.name(100)),
  address_state: clearable(fields.name(100)),
  address_postal_code: clearable(fields.name(20)),
  address_country: clearable(fields.country),
  metadata: said(fields.metadata(z.string(fields.mustBe('a string')))),
  parent_customer_id: clearable(fields.text(64).transform(customerIdIn)),
  parent_customer_external_id: clearable(fields.text(256)),
  integration_entity_mapping: said(profileFields.integration_entity_mapping),
}

export const createRequest = z
  .strictObject({
    external_id: externalId,
    ...common,
    skip_onboarding_workflow: said(z.boolean(fields.mustBe('true or false'))),
  })
  .superRefine(checkTogether)
  .openapi('FlexpriceCreateCustomer', { example: { external_id: 'user_12345', name: 'Acme Corporation' } })
export const updateRequest = z
  .strictObject({ external_id: said(externalId), ...common })
  .superRefine(checkTogether)
  .openapi('FlexpriceUpdateCustomer', { example: { name: 'Acme Corp (Updated)' } })

const time = z.string().openapi({ format: 'date-time' })
const text = z.string().openapi({ description: 'Empty if unknown' })
export const customerView = z
  .object({
    id: z.string().openapi({ example: 'cust_01k2j0q8e5f7g9h1j3k5m7n9p1' }),
    external_id: text,
    name: text,
    email: text,
    address_line1: text,
    address_line2: text,
    address_city: text,
    address_state: text,
    address_postal_code: text,
    address_country: text,
    parent_customer_id: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    environment_id: z.enum(['live', 'sandbox']),
    tenant_id: z.string(),
    status: z.literal('published'),
    created_at: time,
    updated_at: time,
    created_by: z.string().openapi({ description: 'The API key; empty if the service did it' }),
    updated_by: z.string(),
  })
  .openapi('FlexpriceCustomer')
export const createdCustomer = customerView.extend(startedFields).openapi('FlexpriceCreatedCustomer')

export const viewCustomer = (customer: Customer): z.input<typeof customerView> => ({
  id: toFlexpriceCustomerId(customer.id),
  external_id: customer.externalId ?? '',
  name: customer.name ?? '',
  email: customer.email ?? '',
  address_line1: customer.addressLine1 ?? '',
  address_line2: customer.addressLine2 ?? '',
  address_city: customer.addressCity ?? '',
  address_state: customer.addressState ?? '',
  address_postal_code: customer.addressPostalCode ?? '',
  address_country: customer.addressCountry ?? '',
  parent_customer_id: customer.parentCustomerId && toFlexpriceCustomerId(customer.parentCustomerId),
  metadata: asTexts(customer.metadata),
  environment_id: customer.environment,
  tenant_id: customer.organizationId,
  status: 'published',
  created_at: customer.createdAt.toISOString(),
  updated_at: customer.updatedAt.toISOString(),
  created_by: customer.createdBy ?? '',
  updated_by: customer.updatedBy ?? '',
})
