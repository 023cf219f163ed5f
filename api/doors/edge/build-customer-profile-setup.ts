import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { defaultGateway } from '../../../domain/lifecycle.ts'
import { renameField } from '../../setup/rename-field.ts'
import { creatorOf, linkOf, openOnboarding } from '../../setup/open-onboarding.ts'
import { keptMetadata } from './billing-customer.ts'
import { addAction, checkGateway } from './door.ts'
import * as fields from './fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.organizationId,
    brand_id: fields.brandId,
    contact_id: fields.contactId,
    bc_meta: fields.optional(fields.metadata),
    bi_id: fields
      .optional(fields.billableItemId)
      .openapi({ description: 'An active trigger item to enroll in after activation; kept in bc_meta._bi_id' }),
    gateway: fields.optional(fields.gateway).openapi({
      description:
        `Default ${defaultGateway}, or the first of the organization's gateways if it is not one of them. ` +
        'getCustomer returns the current gateway as bc_meta._gateway',
    }),
    ...fields.pageFields,
  })
  .openapi('EdgeBuildCustomerProfileSetup')

const answer = z
  .object({
    data: z.object({ existing: z.boolean(), setup_url: z.string(), billing_customer_id: z.string() }),
    status: z.literal('success'),
  })
  .openapi('EdgeCustomerProfileSetup')

export function addBuildCustomerProfileSetup(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'buildCustomerProfileSetup',
    scope: 'billing_customers:write',
    summary: 'Return the link to the hosted page on which a contact enters a payment method',
    request,
    answer,
    handle: async (c, body, caller) => {
      checkGateway(d, caller, body.gateway)
      const metadata = keptMetadata(body.bc_meta, body.bi_id)
      const opened = await openOnboarding(d, caller, {
        contactId: body.contact_id,
        createdBy: creatorOf(c),
        brand: body.brand_id,
        allowTrigger: true,
        activateAtOnce: false,
        metadata,
        gateway: body.gateway,
        billableItemId: body.bi_id,
        page: fields.toPageChanges(body),
      }).catch(renameField({ metadata: 'bc_meta', 'page.return_url': 'return_url' }))
      const { existing, billingCustomer } = opened
      return {
        data: { existing, setup_url: linkOf(d, opened), billing_customer_id: billingCustomer.id },
        status: 'success' as const,
      }
    },
  })
}
