import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../domain/events/author.ts'
import { anyGateway } from '../../../domain/gateways/list.ts'
import { invalid, notFound } from '../../../domain/failure/failures.ts'
import { amountText, isSupportedCurrency, largestAmount, mostChargeable } from '../../../domain/payment/money.ts'
import {
  findBillableItem,
  insertBillableItem,
  listBillableItems,
  setBillableItemStatus,
  type BillableItem,
} from '../../../store/catalog/billable-items.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import * as fields from '../../schemas/fields.ts'
import { createdId } from '../../call/idempotency.ts'
import { guards, idParam, nativeRefusals, security } from './door.ts'
import { pageOf, pageQuery, time, toList } from '../../schemas/lists.ts'
import { json } from '../../schemas/json.ts'

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
    created_at: time,
  })
  .openapi('BillableItem')
const createRequest = z
  .strictObject({
    name: fields.name(255, 'Monthly visit'),
    type,
    amount: z.number().int().min(0).max(largestAmount).openapi({ description: 'Minor units', example: 4900 }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code in uppercase, such as USD')
      .openapi({ example: 'USD' }),
  })
  .openapi('CreateBillableItem')
const updateRequest = z.strictObject({ status }).openapi('UpdateBillableItem')

const query = z.strictObject({ ...pageQuery, type: type.optional(), status: status.optional() })
const params = idParam('bi_01k2…')
const tags = ['Billable items']

const toView = ({ id, name, type, status, amount, currency, createdAt }: BillableItem) => ({
  id,
  object: 'billable_item' as const,
  name,
  type,
  status,
  amount,
  currency,
  created_at: createdAt.toISOString(),
})

export function addBillableItems(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'billable_items:write') }

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
    if (!isSupportedCurrency(wanted.currency))
      throw invalid('currency', `must be a currency that ${anyGateway} supports, such as USD`)
    const most = mostChargeable(wanted.currency)
    if (wanted.amount > most) throw invalid('amount', `must be at most ${amountText(most, wanted.currency, 'minor')}`)
    const row = { ...wanted, id: createdId(c, 'billableItem'), organizationId, environment }
    return c.json(toView(await insertBillableItem(d.database, row, byApiKey(c.get('caller').id))), 201)
  })

  const update = createRoute({
    ...common,
    method: 'patch',
    path: '/v1/billable_items/{id}',
    operationId: 'updateBillableItem',
    summary: 'Deactivate or reactivate a billable item',
    request: {
      params,
      body: { required: true, content: { 'application/json': { schema: updateRequest } } },
    },
    responses: { 200: json(view), ...nativeRefusals },
  })
  app.openapi(update, async (c) => {
    const caller = c.get('caller')
    const wanted = { id: c.req.valid('param').id, status: c.req.valid('json').status }
    const changed = await setBillableItemStatus(d.database, caller, wanted, byApiKey(caller.id))
    if (!changed) throw notFound('Billable item')
    return c.json(toView(changed), 200)
  })

  addReading(app, d)
}

function addReading(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'billable_items:read'), method: 'get' as const }
  const listing = createRoute({
    ...common,
    middleware: guards(d, 'billable_items:read', { list: true, query: true }),
    path: '/v1/billable_items',
    operationId: 'listBillableItems',
    summary: 'List billable items, newest first',
    request: { query },
    responses: { 200: json(pageOf(view, 'BillableItemList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const page = await listBillableItems(d.database, c.get('caller'), filter, { limit, cursor })
    return c.json(toList(page, toView), 200)
  })

  const get = createRoute({
    ...common,
    path: '/v1/billable_items/{id}',
    operationId: 'getBillableItem',
    summary: 'Retrieve a billable item',
    request: { params },
    responses: { 200: json(view), ...nativeRefusals },
  })
  app.openapi(get, async (c) => {
    const item = await findBillableItem(d.database, c.get('caller'), c.req.valid('param').id)
    if (!item) throw notFound('Billable item')
    return c.json(toView(item), 200)
  })
}
