import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { invalid, notFound } from '../../domain/failures.ts'
import { isSupportedCurrency, largestAmount } from '../../domain/money.ts'
import { insertBillableItem, setBillableItemStatus, type BillableItem } from '../../store/billable-items.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { guards, idParam, json, nativeRefusals, security, type NativeEnv } from './native.ts'

const type = z.enum(['one_off', 'recurring', 'trigger'])
const status = z.enum(['active', 'inactive'])

const view = z
  .object({
    id: z.string(),
    object: z.literal('billable_item'),
    name: z.string(),
    type,
    status,
    amount: z.number().int().openapi({ description: 'Minor units' }),
    currency: z.string(),
  })
  .openapi('BillableItem')
const createRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(255),
    type,
    amount: z.number().int().min(0).max(largestAmount).openapi({ description: 'Minor units' }),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code in capitals, such as USD'),
  })
  .openapi('CreateBillableItem')
const updateRequest = z.strictObject({ status }).openapi('UpdateBillableItem')

const toView = ({ id, name, type, status, amount, currency }: BillableItem) => ({
  id,
  object: 'billable_item' as const,
  name,
  type,
  status,
  amount,
  currency,
})

export function addBillableItems(app: OpenAPIHono<NativeEnv>, d: ApiDependencies): void {
  const common = { tags: ['Billable items'], security, middleware: guards(d) }

  const create = createRoute({
    ...common,
    method: 'post',
    path: '/v1/billable_items',
    operationId: 'createBillableItem',
    summary: 'Create a billable item',
    request: { body: { required: true, content: { 'application/json': { schema: createRequest } } } },
    responses: { 201: json(view, 'Created'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const { organizationId, environment } = c.get('caller')
    const wanted = c.req.valid('json')
    if (!isSupportedCurrency(wanted.currency)) throw invalid('currency', 'is not a currency that can be charged')
    return c.json(toView(await insertBillableItem(d.database, { organizationId, environment, ...wanted })), 201)
  })

  const update = createRoute({
    ...common,
    method: 'patch',
    path: '/v1/billable_items/{id}',
    operationId: 'updateBillableItem',
    summary: 'Withdraw a billable item, or offer it again',
    request: {
      params: idParam('bi_01k2…'),
      body: { required: true, content: { 'application/json': { schema: updateRequest } } },
    },
    responses: { 200: json(view), ...nativeRefusals },
  })
  app.openapi(update, async (c) => {
    const changed = await setBillableItemStatus(
      d.database,
      c.get('caller'),
      c.req.valid('param').id,
      c.req.valid('json').status,
    )
    if (!changed) throw notFound('Billable item')
    return c.json(toView(changed), 200)
  })
}
