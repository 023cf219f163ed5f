import { z } from '@hono/zod-openapi'
import { metadataLimits } from '../../../domain/text/metadata.ts'
import type { Customer } from '../../../store/customers/customers.ts'
import * as fields from '../../schemas/fields.ts'
import { profileFields } from '../../schemas/customer-fields.ts'
import { startedFields } from '../../customers/at-doors.ts'

const email = fields.email().openapi({ example: 'user@example.com' })
const name = fields.name(256, 'Jane Doe').nullish()
const externalId = profileFields.external_id
const metadata = fields
  .metadata(z.unknown(), { ...metadataLimits, keys: 20 })
  .nullish()
  .openapi({ type: ['object', 'null'] })

export const createRequest = z
  .strictObject({ email, name, external_id: externalId, metadata })
  .openapi('BillingIoCreateCustomer', {
    example: { email: 'user@example.com', name: 'Jane Doe', external_id: 'usr_12345', metadata: {} },
  })
export const updateRequest = z
  .strictObject({ email: email.optional(), name, external_id: externalId, metadata })
  .openapi('BillingIoUpdateCustomer', { example: { name: 'Alice Smith', metadata: { plan: 'enterprise' } } })

const time = z.string().openapi({ format: 'date-time' })
export const customerView = z
  .object({
    id: z.string().openapi({ example: 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1' }),
    org_id: z.string(),
    email: z.string().nullable().openapi({ description: 'Null if another door created the customer without one' }),
    name: z.string().nullable(),
    external_id: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    environment: z.enum(['live', 'sandbox']),
    created_at: time,
    updated_at: time,
  })
  .openapi('BillingIoCustomer')
export const createdCustomer = customerView.extend(startedFields).openapi('BillingIoCreatedCustomer')

export const viewCustomer = (customer: Customer): z.input<typeof customerView> => ({
  id: customer.id,
  org_id: customer.organizationId,
  email: customer.email,
  name: customer.name,
  external_id: customer.externalId,
  metadata: customer.metadata,
  environment: customer.environment,
  created_at: customer.createdAt.toISOString(),
  updated_at: customer.updatedAt.toISOString(),
})
