import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { invalid } from '../../../domain/failure/failures.ts'
import { customerIdIn } from '../../../domain/text/ids.ts'
import { countCustomers, listCustomersFrom } from '../../../store/customers/list-customers.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { guard } from '../../call/guards.ts'
import { toChanges } from '../../schemas/customer-fields.ts'
import { deleteCustomerOf } from '../../customers/delete-customer.ts'
import { createAtDoor, findAtDoor, readAtDoor, updateAtDoor } from '../../customers/at-doors.ts'
import { createDoor } from '../door.ts'
import { createdCustomer, createRequest, customerView, updateRequest, viewCustomer } from './customer.ts'
import { common, door, refusals } from './door.ts'
import { isOldestFirst, searchAnswer, searchRequest, toFilter } from './search.ts'
import { json, jsonBody } from '../../schemas/json.ts'

const path = '/flexprice/v1/customers'
const idParams = z.object({ id: z.string().openapi({ example: 'cust_01k2j0q8e5f7g9h1j3k5m7n9p1' }) })

/** Returns the door for clients of FlexPrice. */
export const flexpriceDoor = (d: ApiDependencies): OpenAPIHono<CallEnv> =>
  createDoor(d, door, [addKeyScheme, addCreate, addSearch, addReads, addUpdates, addDelete])

/** Adds the credential to the OpenAPI document. */
function addKeyScheme({ openAPIRegistry }: OpenAPIHono<CallEnv>): void {
  openAPIRegistry.registerComponent('securitySchemes', 'flexpriceKey', {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
  })
}

function addCreate(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    ...common,
    middleware: guard(d, door, 'customers:write'),
    method: 'post',
    path,
    operationId: 'flexpriceCreateCustomer',
    summary: 'Create a customer',
    request: { body: jsonBody(createRequest) },
    responses: { 201: json(createdCustomer, 'Created'), ...refusals },
  })
  app.openapi(route, async (c) => {
    const { skip_onboarding_workflow: skip, ...profile } = c.req.valid('json')
    const { customer, started } = await createAtDoor(d, c, toChanges(profile), skip)
    return c.json({ ...viewCustomer(customer), ...started }, 201)
  })
}

function addSearch(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    ...common,
    middleware: guard(d, door, 'customers:read', { list: true }),
    method: 'post',
    path: `${path}/search`,
    operationId: 'flexpriceSearchCustomers',
    summary: 'List or search customers, newest first by default',
    request: { body: jsonBody(searchRequest) },
    responses: { 200: json(searchAnswer), ...refusals },
  })
  app.openapi(route, async (c) => {
    const search = c.req.valid('json')
    const { limit, offset } = search
    const [caller, filter] = [c.get('caller'), toFilter(search)]
    const [page, total] = await Promise.all([
      listCustomersFrom(d.database, caller, filter, { limit, offset, oldestFirst: isOldestFirst(search) }),
      countCustomers(d.database, caller, filter, 10_000),
    ])
    // A page that ended early has its number of rows as the limit, so that adding it to the offset skips no customer.
    const held = page.hasMore ? page.rows.length : limit
    return c.json({ items: page.rows.map(viewCustomer), pagination: { total, limit: held, offset } }, 200)
  })
}

function addReads(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const read = { ...common, middleware: guard(d, door, 'customers:read'), method: 'get' as const }
  const get = createRoute({
    ...read,
    path: `${path}/{id}`,
    operationId: 'flexpriceGetCustomer',
    summary: 'Retrieve a customer',
    request: { params: idParams },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(get, async (c) => c.json(viewCustomer(await readAtDoor(d, c, c.req.valid('param').id)), 200))

  const external = createRoute({
    ...read,
    path: `${path}/external/{external_id}`,
    operationId: 'flexpriceGetCustomerByExternalId',
    summary: 'Retrieve a customer by external id',
    request: { params: z.object({ external_id: z.string().openapi({ example: 'user_12345' }) }) },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(external, async (c) =>
    c.json(viewCustomer(await findAtDoor(d, c, c.req.valid('param').external_id)), 200),
  )
}

/** Adds updates by path, and by query as in the newer documents. */
function addUpdates(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const write = { ...common, middleware: guard(d, door, 'customers:write'), method: 'put' as const }
  const update = createRoute({
    ...write,
    path: `${path}/{id}`,
    operationId: 'flexpriceUpdateCustomer',
    summary: 'Update a customer',
    request: { params: idParams, body: jsonBody(updateRequest) },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(update, async (c) => {
    const changes = toChanges(c.req.valid('json'))
    const { id } = await readAtDoor(d, c, c.req.valid('param').id)
    return c.json(viewCustomer(await updateAtDoor(d, c, id, changes)), 200)
  })

  const query = z.strictObject({ id: z.string().optional(), external_customer_id: z.string().optional() })
  const updateByQuery = createRoute({
    ...write,
    middleware: guard(d, door, 'customers:write', { query: true }),
    path,
    operationId: 'flexpriceUpdateCustomerByQuery',
    summary: 'Update a customer by id or external id',
    request: { query, body: jsonBody(updateRequest) },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(updateByQuery, async (c) => {
    const customerId = await namedInQuery(d, c, c.req.valid('query'))
    return c.json(viewCustomer(await updateAtDoor(d, c, customerId, toChanges(c.req.valid('json')))), 200)
  })
}

/** Returns the id of the customer in a query. Throws `invalid_request` if it names none, or two. */
async function namedInQuery(
  d: ApiDependencies,
  c: Context<CallEnv>,
  { id, external_customer_id: externalId }: { id?: string | undefined; external_customer_id?: string | undefined },
): Promise<string> {
  if (!externalId) {
    if (!id) throw invalid('id', 'or external_customer_id is required')
    return (await readAtDoor(d, c, id)).id
  }
  const found = await findAtDoor(d, c, externalId)
  if (id && customerIdIn(id) !== found.id) throw invalid('external_customer_id', 'must name the same customer as id')
  return found.id
}

function addDelete(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    ...common,
    middleware: guard(d, door, 'customers:write'),
    method: 'delete',
    path: `${path}/{id}`,
    operationId: 'flexpriceDeleteCustomer',
    summary: 'Delete a customer without dependents',
    request: { params: idParams },
    responses: { 204: { description: 'Deleted' }, ...refusals },
  })
  app.openapi(route, async (c) => {
    const { id } = await readAtDoor(d, c, c.req.valid('param').id)
    await deleteCustomerOf(d, c.get('caller'), id)
    return c.body(null, 204)
  })
}
