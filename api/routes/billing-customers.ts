import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { conflict, notFound } from '../../domain/failures.ts'
import { findBillingCustomer, type BillingCustomer } from '../../store/billing-customers.ts'
import { applyCommand, type Command } from '../../store/commands.ts'
import { readLatestFacts } from '../../store/onboarding-facts.ts'
import { readSettings } from '../../store/settings.ts'
import type { Caller } from '../auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { linkOf, runOf } from '../services/open-onboarding.ts'
import { billingCustomerView, viewBillingCustomer } from './billing-customer-view.ts'
import { guards, idParam, json, nativeRefusals, security, type NativeEnv } from './native.ts'

const params = idParam('bc_01k2…')
const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

const setupLinkRequest = z
  .strictObject({
    replace: z.boolean().optional().openapi({ description: 'Make every earlier link useless' }),
    expires_in_seconds: z
      .number()
      .int()
      .min(60)
      .max(366 * 86_400)
      .optional()
      .openapi({ description: 'How long the link lives from now' }),
  })
  .openapi('SetupLinkRequest')
const setupLink = z
  .object({ setup_url: z.string(), expires_at: z.string().openapi({ format: 'date-time' }) })
  .openapi('SetupLink')
const cancelRequest = z.strictObject({ reason: z.string().trim().min(1).max(500) }).openapi('CancelRequest')

export function addBillingCustomers(app: OpenAPIHono<NativeEnv>, d: ApiDependencies): void {
  const common = { tags: ['Billing customers'], security, middleware: guards(d) }
  const path = '/v1/billing_customers/{id}'

  const get = createRoute({
    ...common,
    method: 'get',
    path,
    operationId: 'getBillingCustomer',
    summary: 'Read a billing customer with the progress of its onboarding',
    request: { params },
    responses: { 200: json(billingCustomerView), ...nativeRefusals },
  })
  app.openapi(get, async (c) => c.json(await view(d, c.get('caller'), c.req.valid('param').id), 200))

  const link = createRoute({
    ...common,
    method: 'post',
    path: `${path}/setup_link`,
    operationId: 'createSetupLink',
    summary: 'Give out the setup link; replace it or let it live longer',
    request: { params, body: body(setupLinkRequest) },
    responses: { 200: json(setupLink), ...nativeRefusals },
  })
  app.openapi(link, async (c) =>
    c.json(await giveLink(d, c.get('caller'), c.req.valid('param').id, c.req.valid('json')), 200),
  )

  const cancel = createRoute({
    ...common,
    method: 'post',
    path: `${path}/cancel`,
    operationId: 'cancelOnboarding',
    summary: 'End the live onboarding; money that came is returned',
    request: { params, body: body(cancelRequest) },
    responses: { 200: json(billingCustomerView), ...nativeRefusals },
  })
  app.openapi(cancel, async (c) => {
    await command(d, c.get('caller'), c.req.valid('param').id, { name: 'cancel', reason: c.req.valid('json').reason })
    return c.json(await view(d, c.get('caller'), c.req.valid('param').id), 200)
  })

  const retry = createRoute({
    ...common,
    method: 'post',
    path: `${path}/retry`,
    operationId: 'retryOnboarding',
    summary: 'Do not wait for the next retry of the live onboarding',
    request: { params },
    responses: { 200: json(billingCustomerView), ...nativeRefusals },
  })
  app.openapi(retry, async (c) => {
    await command(d, c.get('caller'), c.req.valid('param').id, { name: 'retryNow' })
    return c.json(await view(d, c.get('caller'), c.req.valid('param').id), 200)
  })
}

async function find(d: ApiDependencies, caller: Caller, id: string): Promise<BillingCustomer> {
  const found = await findBillingCustomer(d.database, caller, id)
  if (!found) throw notFound('Billing customer')
  return found
}

async function view(d: ApiDependencies, caller: Caller, id: string) {
  const billingCustomer = await find(d, caller, id)
  return viewBillingCustomer(d, billingCustomer, await readLatestFacts(d.database, billingCustomer.id))
}

/** Carries a command out on the live onboarding and asks for the run's attention. Throws `conflict` where none is live. */
async function command(d: ApiDependencies, caller: Caller, id: string, wanted: Command): Promise<void> {
  const billingCustomer = await find(d, caller, id)
  const onboarding = await readLatestFacts(d.database, billingCustomer.id)
  if (!onboarding || onboarding.endedAt) throw conflict('id', 'this billing customer has no live onboarding')
  const settings = await readSettings(d.database, d.settingDefaults, caller.organizationId, caller.environment)
  const context = { billingCustomerId: billingCustomer.id, onboardingId: onboarding.id, actor: 'api' as const }
  const done = await applyCommand(d.database, context, wanted, settings)
  if (done === 'ended') throw conflict('id', 'this billing customer has no live onboarding')
  d.runs.wake(runOf({ billingCustomer, onboarding }), 'recordChanged')
}

async function giveLink(d: ApiDependencies, caller: Caller, id: string, wanted: z.output<typeof setupLinkRequest>) {
  const seconds = wanted.expires_in_seconds
  if (wanted.replace)
    await command(d, caller, id, { name: 'replaceLink', ...(seconds === undefined ? {} : { seconds }) })
  else if (seconds !== undefined) await command(d, caller, id, { name: 'extend', seconds })
  const billingCustomer = await find(d, caller, id)
  const onboarding = await readLatestFacts(d.database, billingCustomer.id)
  if (!onboarding || onboarding.endedAt) throw conflict('id', 'this billing customer has no live onboarding')
  return { setup_url: linkOf(d, { billingCustomer, onboarding }), expires_at: onboarding.expiresAt.toISOString() }
}
