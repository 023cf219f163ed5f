import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../domain/events/author.ts'
import { invalid, notFound } from '../../../domain/failure/failures.ts'
import { findBillableItem } from '../../../store/catalog/billable-items.ts'
import { findBillingCustomer } from '../../../store/billing-customers/billing-customers.ts'
import { findContact } from '../../../store/customers/contacts.ts'
import { enrollActive } from '../../../store/catalog/enroll-active.ts'
import type { Caller } from '../../call/auth.ts'
import type { CallEnv } from '../../call/call-env.ts'
import { createdId } from '../../call/idempotency.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { addAction, requireBrand } from './door.ts'
import { edgeEnrollment, toEdgeEnrollment } from './enrollment.ts'
import * as fields from './fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.organizationId,
    brand_id: fields.brandId,
    billing_customer_id: fields.billingCustomerId,
    billable_item_id: fields.billableItemId,
    contact_id: fields.contactId,
  })
  .openapi('EdgeEnroll')

const answer = z
  .object({ data: edgeEnrollment, ts_id: z.string(), status: z.literal('success'), existing: z.boolean() })
  .openapi('EdgeEnrolled')

type Body = z.output<typeof request>

export function addEnroll(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'enroll',
    scope: 'enrollments:write',
    summary: 'Enroll an active billing customer in a trigger item',
    request,
    answer,
    handle: async (c, body, caller) => {
      await requireBrand(d, caller, body.brand_id)
      await checkParties(d, caller, body)
      const parties = {
        id: body.billing_customer_id,
        itemId: body.billable_item_id,
        enrollmentId: createdId(c, 'enrollment'),
      }
      const enrolled = await enrollActive(d.database, caller, parties, byApiKey(caller.id))
      const data = toEdgeEnrollment(enrolled.enrollment, body.contact_id)
      return { data, ts_id: data.ts_id, status: 'success' as const, existing: enrolled.existing }
    },
  })
}

async function checkParties(d: ApiDependencies, caller: Caller, body: Body): Promise<void> {
  const billingCustomer = await findBillingCustomer(d.database, caller, body.billing_customer_id)
  if (!billingCustomer) throw notFound('Billing customer', 'billing_customer_id')
  const contact = await findContact(d.database, caller, body.contact_id)
  if (contact !== billingCustomer.customerId) throw invalid('contact_id', 'is not the contact of this billing customer')
  const item = await findBillableItem(d.database, caller, body.billable_item_id)
  if (!item) throw notFound('Billable item', 'billable_item_id')
  if (item.type !== 'trigger' || item.status !== 'active')
    throw invalid('billable_item_id', 'must be an active trigger item')
}
