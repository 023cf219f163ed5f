import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { conflict, notFound } from '../../../domain/failure/failures.ts'
import { chargeStates, gatewayNames } from '../../../domain/lifecycle.ts'
import { listCharges } from '../../../store/charges/list-charges.ts'
import { findChargeOf, resolveCharge } from '../../../store/charges/resolve-charge.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { authorOf, isAppliedCall } from '../../call/idempotency.ts'
import * as fields from '../../schemas/fields.ts'
import { chargeView, readChargeView, viewCharge } from './charge-view.ts'
import { guards, idParam, nativeRefusals, security } from './door.ts'
import { createdQuery, pageOf, pageQuery, toList, toRange } from '../../schemas/lists.ts'
import { json, jsonBody } from '../../schemas/json.ts'
import { idFilter } from '../../schemas/query-fields.ts'

const resolveRequest = z
  .strictObject({
    outcome: z.enum(['never_happened', 'keep', 'returned_by_hand']),
    reason: fields.reason('Checked in the dashboard'),
  })
  .openapi('ResolveChargeRequest')

const query = z.strictObject({
  ...pageQuery,
  ...createdQuery,
  status: z.enum(chargeStates).optional(),
  billing_customer_id: idFilter('billingCustomer').optional(),
  onboarding_id: idFilter('onboarding').optional(),
  gateway: z.enum(gatewayNames).optional(),
})
const tags = ['Charges']
const params = idParam('ch_01k2…')

export function addCharges(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const resolve = createRoute({
    tags,
    security,
    middleware: guards(d, 'charges:write'),
    method: 'post',
    path: '/v1/charges/{id}/resolve',
    operationId: 'resolveCharge',
    summary: 'Resolve a charge whose outcome is unknown',
    request: { params, body: jsonBody(resolveRequest) },
    responses: { 200: json(chargeView), ...nativeRefusals },
  })
  app.openapi(resolve, async (c) => {
    const charge = await findChargeOf(d.database, c.get('caller'), c.req.valid('param').id)
    if (!charge) throw notFound('Charge')
    const isRepeat = await isAppliedCall(d, c)
    const done = isRepeat || (await resolveCharge(d.database, charge, c.req.valid('json'), authorOf(c)))
    if (!done)
      throw conflict('charge_not_resolvable', 'outcome', `is not possible for a charge with the status ${charge.state}`)
    return c.json(await readChargeView(d, c.get('caller'), charge.id), 200)
  })

  addReading(app, d)
}

function addReading(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'charges:read'), method: 'get' as const }
  const listing = createRoute({
    ...common,
    middleware: guards(d, 'charges:read', { list: true, query: true }),
    path: '/v1/charges',
    operationId: 'listCharges',
    summary: 'List charges, newest first',
    request: { query },
    responses: { 200: json(pageOf(chargeView, 'ChargeList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query')
    const filter = {
      status: asked.status,
      billingCustomerId: asked.billing_customer_id,
      onboardingId: asked.onboarding_id,
      gateway: asked.gateway,
      ...toRange(asked),
    }
    const page = await listCharges(d.database, c.get('caller'), filter, { limit, cursor })
    return c.json(toList(page, viewCharge), 200)
  })

  const get = createRoute({
    ...common,
    path: '/v1/charges/{id}',
    operationId: 'getCharge',
    summary: 'Retrieve a charge',
    request: { params },
    responses: { 200: json(chargeView), ...nativeRefusals },
  })
  app.openapi(get, async (c) => c.json(await readChargeView(d, c.get('caller'), c.req.valid('param').id), 200))
}
