import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { listCustomersFrom } from '../../../store/customers/list-customers.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { guard } from '../../call/guards.ts'
import { toChanges } from '../../schemas/customer-fields.ts'
import { createAtDoor, readAtDoor, updateAtDoor } from '../../customers/at-doors.ts'
import { createDoor } from '../door.ts'
import { createdCustomer, createRequest, customerView, updateRequest, viewCustomer } from './customer.ts'
import { common, door, refusals } from './door.ts'
import { json, jsonBody } from '../../schemas/json.ts'
import { countInQuery, searched } from '../../schemas/query-fields.ts'

const path = '/billing-io/v1/customers'

const query = z.strictObject({
  search: searched.optional().openapi({ description: 'Part of the email, name or external_id' }),
  limit: countInQuery(1, 100).default(25),
  offset: countInQuery(0).default(0),
})
const list = z
  .object({ data: z.array(customerView), has_more: z.boolean(), next_cursor: z.string().nullable() })
  .openapi('BillingIoCustomerList')
const params = z.object({ customer_id: z.string().openapi({ example: 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1' }) })

/** Returns the door for clients of billing.io. */
export const billingIoDoor = (d: ApiDependencies): OpenAPIHono<CallEnv> =>
  createDoor(d, door, [addRateHeaders, addCreate, addList, addOne])

/** Adds the documented headers to every response; `X-RateLimit-Reset` is a time in Unix seconds. */
function addRateHeaders(app: OpenAPIHono<CallEnv>): void {
  app.use('/billing-io/*', async (c, next) => {
    await next()
    const rate = c.get('rate')
    if (!rate) return
    c.header('X-RateLimit-Limit', String(rate.limit))
    c.header('X-RateLimit-Remaining', String(rate.left))
    c.header('X-RateLimit-Reset', String(Math.ceil(Date.now() / 1000) + rate.seconds))
  })
}

function addCreate(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    ...common,
    middleware: guard(d, door, 'customers:write'),
    method: 'post',
    path,
    operationId: 'billingIoCreateCustomer',
    summary: 'Create a customer',
    request: { body: jsonBody(createRequest) },
    responses: { 201: json(createdCustomer, 'Created'), ...refusals },
  })
  app.openapi(route, async (c) => {
    const { metadata, ...rest } = c.req.valid('json')
    const { customer, started } = await createAtDoor(d, c, toChanges({ ...rest, metadata: metadata ?? undefined }))
    return c.json({ ...viewCustomer(customer), ...started }, 201)
  })
}

function addList(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    ...common,
    middleware: guard(d, door, 'customers:read', { list: true, query: true }),
    method: 'get',
    path,
    operationId: 'billingIoListCustomers',
    summary: 'List or search customers, newest first',
    request: { query },
    responses: { 200: json(list), ...refusals },
  })
  app.openapi(route, async (c) => {
    const { search, limit, offset } = c.req.valid('query')
    const page = await listCustomersFrom(d.database, c.get('caller'), { search }, { limit, offset })
    return c.json({ data: page.rows.map(viewCustomer), has_more: page.hasMore, next_cursor: null }, 200)
  })
}

function addOne(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const one = { ...common, path: `${path}/{customer_id}` as const }
  const get = createRoute({
    ...one,
    middleware: guard(d, door, 'customers:read'),
    method: 'get',
    operationId: 'billingIoGetCustomer',
    summary: 'Retrieve a customer',
    request: { params },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(get, async (c) => c.json(viewCustomer(await readAtDoor(d, c, c.req.valid('param').customer_id)), 200))

  const update = createRoute({
    ...one,
    middleware: guard(d, door, 'customers:write'),
    method: 'patch',
    operationId: 'billingIoUpdateCustomer',
    summary: 'Update a customer',
    request: { params, body: jsonBody(updateRequest) },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(update, async (c) => {
    const { metadata, ...rest } = c.req.valid('json')
    // Null removes all metadata.
    const changes = toChanges({ ...rest, metadata: metadata === null ? {} : metadata })
    const { id } = await readAtDoor(d, c, c.req.valid('param').customer_id)
    return c.json(viewCustomer(await updateAtDoor(d, c, id, changes)), 200)
  })
}
