import type { Context } from 'hono'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { conflict } from '../../../../domain/failure/failures.ts'
import { listOperatorTasks } from '../../../../store/onboardings/operator-tasks.ts'
import { readLatestFacts, readLatestReplacement, readNewestFacts } from '../../../../store/onboardings/facts.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { pageOptions, pageView, toPageChanges, viewPage } from '../../../schemas/page-options.ts'
import { changePage, commandOnboarding, noneLive, requireBillingCustomer } from '../../../setup/onboarding-command.ts'
import { linkOf } from '../../../setup/open-onboarding.ts'
import { billingCustomerView, viewBillingCustomer } from './billing-customer-view.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { json, jsonBody } from '../../../schemas/json.ts'

export const billingCustomerPath = '/v1/billing_customers/{id}'
export const billingCustomerParams = idParam('bc_01k2…')

const setupLinkRequest = z
  .strictObject({
    replace: z.boolean().optional().openapi({ description: 'Whether to invalidate all earlier links' }),
    expires_in_seconds: z
      .number()
      .int()
      .min(60)
      .max(366 * 86_400)
      .optional()
      .openapi({ description: 'How long the link is valid from now, in seconds' }),
    page: pageOptions.optional().openapi({ description: 'Options of the page that change with this call' }),
  })
  .openapi('SetupLinkRequest', { example: { expires_in_seconds: 604800 } })
const setupLink = z
  .object({ setup_url: z.string(), expires_at: z.string().openapi({ format: 'date-time' }), page: pageView })
  .openapi('SetupLink')

export function addBillingCustomers(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: ['Billing customers'], security }
  const get = createRoute({
    ...common,
    middleware: guards(d, 'billing_customers:read'),
    method: 'get',
    path: billingCustomerPath,
    operationId: 'getBillingCustomer',
    summary: 'Retrieve a billing customer and the progress of its onboarding',
    request: { params: billingCustomerParams },
    responses: { 200: json(billingCustomerView), ...nativeRefusals },
  })
  app.openapi(get, async (c) => c.json(await viewOf(d, c.get('caller'), c.req.valid('param').id), 200))

  const link = createRoute({
    ...common,
    middleware: guards(d, 'billing_customers:write'),
    method: 'post',
    path: `${billingCustomerPath}/setup_link`,
    operationId: 'createSetupLink',
    summary: 'Return the setup link; optionally replace it or extend its validity',
    request: { params: billingCustomerParams, body: jsonBody(setupLinkRequest) },
    responses: { 200: json(setupLink), ...nativeRefusals },
  })
  app.openapi(link, async (c) => c.json(await giveLink(d, c, c.req.valid('param').id, c.req.valid('json')), 200))
}

/** Returns a billing customer as the native API shows it. Throws `not_found`. */
export async function viewOf(
  d: ApiDependencies,
  caller: Caller,
  id: string,
): Promise<z.input<typeof billingCustomerView>> {
  const billingCustomer = await requireBillingCustomer(d, caller, id)
  const [onboarding, replacement, [needed]] = await Promise.all([
    readLatestFacts(d.database, billingCustomer.id),
    readLatestReplacement(d.database, billingCustomer.id),
    listOperatorTasks(d.database, [billingCustomer.id]),
  ])
  // Activated between the reads: a response must not show a completed onboarding with a pending billing customer.
  if (onboarding!.billingCustomerStatus !== billingCustomer.status) return viewOf(d, caller, id)
  return viewBillingCustomer(d, billingCustomer, onboarding!, needed, caller, replacement)
}

async function giveLink(
  d: ApiDependencies,
  c: Context<CallEnv>,
  id: string,
  wanted: z.output<typeof setupLinkRequest>,
) {
  const caller = c.get('caller')
  const seconds = wanted.expires_in_seconds
  const page = toPageChanges(wanted.page)
  if (wanted.replace)
    await commandOnboarding(d, c, id, { name: 'replaceLink', ...(seconds === undefined ? {} : { seconds }) }, page)
  else if (seconds !== undefined) await commandOnboarding(d, c, id, { name: 'extend', seconds }, page)
  else if (page) await changePage(d, caller, id, page)
  const billingCustomer = await requireBillingCustomer(d, caller, id)
  const onboarding = await readNewestFacts(d.database, billingCustomer.id)
  if (!onboarding || onboarding.endedAt) throw noneLive()
  if (onboarding.closing)
    throw conflict('onboarding_closing', 'id', 'the onboarding of this billing customer is closing')
  return {
    setup_url: linkOf(d, { billingCustomer, onboarding }),
    expires_at: onboarding.expiresAt.toISOString(),
    page: viewPage(onboarding.page),
  }
}
