import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { approvingGateways, gatewayFacts } from '../../../domain/gateways/list.ts'
import { gatewayNames, type GatewayName } from '../../../domain/lifecycle.ts'
import { conflict, invalid, notFound } from '../../../domain/failure/failures.ts'
import type { TenantSettings } from '../../../domain/tenant/settings.ts'
import { findBillingCustomer } from '../../../store/billing-customers/billing-customers.ts'
import type { Brand } from '../../../store/tenants/brands.ts'
import { findContact } from '../../../store/customers/contacts.ts'
import { readFacts } from '../../../store/onboardings/facts.ts'
import type { Caller } from '../../call/auth.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { openApproval } from '../../setup/approval.ts'
import { requireAnyGateway } from '../../setup/brand-and-gateway.ts'
import { openCardForm } from '../../setup/card-form.ts'
import { creatorOf, openOnboarding } from '../../setup/open-onboarding.ts'
import { openReplacement, type OpenedSetup } from '../../setup/open-replacement.ts'
import { extendDeadline } from '../../setup/extend-deadline.ts'
import { addAction, checkGateway, requireBrand } from './door.ts'
import * as fields from './fields.ts'

const request = z
  .strictObject({
    api_key: fields.apiKey,
    org_id: fields.organizationId,
    brand_id: fields.brandId,
    contact_id: fields.contactId,
    gateway: fields
      .optional(fields.gateway)
      .openapi({ description: "Default: the first of the organization's gateways" }),
    bc_id: fields.optional(fields.billingCustomerId),
  })
  .openapi('EdgeSetupPaymentMethod')

// The documents of this door name the fields after the vendors.
const formData = z.object({
  gateway: z.literal(gatewayNames.filter((name) => !approvingGateways.includes(name))),
  client_secret: z
    .string()
    .openapi({ description: 'For stripe.confirmSetup in your form. Never stored by the service' }),
  publishable_key: z.string(),
  stripe_account: z.string().optional().openapi({
    description:
      'Only for a connected account: pass it as stripeAccount, in Stripe(publishable_key, { stripeAccount })',
  }),
  setup_intent_id: z.string(),
  stripe_customer_id: z.string(),
  billing_customer_id: z.string(),
})
const approvalData = z.object({
  gateway: z.literal(approvingGateways),
  order_id: z.string().openapi({ description: "PayPal's vault setup token" }),
  approval_url: z.string().openapi({ description: 'The page on which the customer approves' }),
  billing_customer_id: z.string(),
})
const answer = z
  .object({ data: z.union([formData, approvalData]), status: z.literal('success') })
  .openapi('EdgePaymentMethodSetup')

type Body = z.output<typeof request>

/** Step one for callers with their own form: returns what the form needs to save a payment method. Charges nothing. */
export function addSetupPaymentMethod(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addAction(app, d, {
    name: 'setupPaymentMethod',
    scope: 'billing_customers:write',
    summary: 'Start saving a payment method with your own form',
    request,
    answer,
    handle: async (c, body, caller) => {
      const gateway = body.gateway ?? requireAnyGateway(d, caller)
      checkGateway(d, caller, gateway)
      const brand = await requireBrand(d, caller, body.brand_id)
      const opened = await openFor(d, caller, body, brand, creatorOf(c))
      const data = await extendDeadline<z.input<typeof answer>['data']>(c.get('extendDeadline'), () =>
        gatewayFacts[gateway].isApprovedThere
          ? approvalOf(d, opened, gateway, brand, caller.settings)
          : formOf(d, opened, gateway),
      )
      return { data, status: 'success' as const }
    },
  })
}

/** Opens the contact's onboarding, or the replacement of its payment method if it is already active. */
async function openFor(
  d: ApiDependencies,
  caller: Caller,
  body: Body,
  brand: Brand,
  createdBy: string,
): Promise<OpenedSetup> {
  if (body.bc_id !== undefined) await checkNamed(d, caller, body.bc_id, body.contact_id)
  const opened = await openOnboarding(d, caller, {
    contactId: body.contact_id,
    createdBy,
    brand: brand.id,
    activateAtOnce: false,
    gateway: body.gateway,
  })
  const { status } = opened.billingCustomer
  if (status === 'suspended')
    throw conflict('billing_customer_suspended', 'contact_id', 'is suspended; restore it first')
  if (status === 'active') return openReplacement(d, caller, opened.billingCustomer, body.gateway)
  return { ...opened, onboarding: (await readFacts(d.database, opened.onboarding.onboardingId))! }
}

async function checkNamed(d: ApiDependencies, caller: Caller, id: string, contactId: string): Promise<void> {
  const found = await findBillingCustomer(d.database, caller, id)
  if (!found) throw notFound('Billing customer', 'bc_id')
  if ((await findContact(d.database, caller, contactId)) !== found.customerId)
    throw invalid('contact_id', 'is not the contact of this billing customer')
}

async function formOf(
  d: ApiDependencies,
  opened: OpenedSetup,
  gateway: GatewayName,
): Promise<z.input<typeof formData>> {
  const { id } = opened.billingCustomer
  const form = await openCardForm(d, opened, gateway)
  const { publishableKey } = await d.gateways.browserSideOf(form.accountId)
  const [key, connectedAccount] = publishableKey.split(' ')
  return {
    gateway,
    client_secret: form.clientSecret,
    publishable_key: key!,
    ...(connectedAccount ? { stripe_account: connectedAccount } : {}),
    setup_intent_id: form.setupId,
    stripe_customer_id: form.gatewayCustomerId,
    billing_customer_id: id,
  }
}

async function approvalOf(
  d: ApiDependencies,
  opened: OpenedSetup,
  gateway: GatewayName,
  brand: Brand,
  settings: TenantSettings,
): Promise<z.input<typeof approvalData>> {
  const { id } = opened.billingCustomer
  const approval = await openApproval(d, { ...opened, brand, settings }, gateway)
  return {
    gateway,
    order_id: approval.setup_token,
    approval_url: approval.approve_url,
    billing_customer_id: id,
  }
}
