import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { largestAmount } from '../../../../domain/payment/money.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import * as fields from '../../../schemas/fields.ts'
import { commandOnboarding } from '../../../setup/onboarding-command.ts'
import { billingCustomerView } from './billing-customer-view.ts'
import { billingCustomerParams as params, billingCustomerPath, viewOf } from './billing-customers.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { json, jsonBody } from '../../../schemas/json.ts'

const reason = fields.reason('Agreed with the customer')
const cancelRequest = z.strictObject({ reason }).openapi('CancelRequest')
const waiveRequest = z.strictObject({ reason }).openapi('WaiveInitialChargeRequest')
const amountRequest = z
  .strictObject({
    amount: z.number().int().min(1).max(largestAmount).openapi({ description: 'Minor units', example: 2500 }),
    reason,
  })
  .openapi('ChangeInitialAmountRequest')

const common = (d: ApiDependencies, name: string) => ({
  tags: ['Billing customers'],
  security,
  middleware: guards(d, 'billing_customers:write'),
  method: 'post' as const,
  path: `${billingCustomerPath}/${name}` as const,
  responses: { 200: json(billingCustomerView), ...nativeRefusals },
})

/** Commands for the live onboarding of a billing customer. */
export function addOnboardingCommands(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const cancel = createRoute({
    ...common(d, 'cancel'),
    operationId: 'cancelOnboarding',
    summary: 'Cancel the live onboarding; any charge is refunded',
    request: { params, body: jsonBody(cancelRequest) },
  })
  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param')
    await commandOnboarding(d, c, id, { name: 'cancel', ...c.req.valid('json') })
    return c.json(await viewOf(d, c.get('caller'), id), 200)
  })

  const waive = createRoute({
    ...common(d, 'waive_initial_charge'),
    operationId: 'waiveInitialCharge',
    summary: 'Waive the initial charge; the customer only saves a payment method',
    request: { params, body: jsonBody(waiveRequest) },
  })
  app.openapi(waive, async (c) => {
    const { id } = c.req.valid('param')
    await commandOnboarding(d, c, id, { name: 'waiveInitialCharge', ...c.req.valid('json') })
    return c.json(await viewOf(d, c.get('caller'), id), 200)
  })

  const changeAmount = createRoute({
    ...common(d, 'initial_amount'),
    operationId: 'changeInitialAmount',
    summary: 'Update the amount of the initial charge',
    request: { params, body: jsonBody(amountRequest) },
  })
  app.openapi(changeAmount, async (c) => {
    const { id } = c.req.valid('param')
    await commandOnboarding(d, c, id, { name: 'changeInitialAmount', ...c.req.valid('json') })
    return c.json(await viewOf(d, c.get('caller'), id), 200)
  })

  const retry = createRoute({
    ...common(d, 'retry'),
    operationId: 'retryOnboarding',
    summary: 'Retry the live onboarding now',
    request: { params },
  })
  app.openapi(retry, async (c) => {
    const { id } = c.req.valid('param')
    await commandOnboarding(d, c, id, { name: 'retryNow' })
    return c.json(await viewOf(d, c.get('caller'), id), 200)
  })
}
