import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { guard } from '../../call/guards.ts'
import { createAtDoor, findAtDoor, updateAtDoor } from '../../customers/at-doors.ts'
import { createDoor } from '../door.ts'
import {
  createdCustomer,
  createRequest,
  customerView,
  toMomentChanges,
  updateRequest,
  viewCustomer,
} from './customer.ts'
import { common, door, refusals } from './door.ts'
import { json, jsonBody } from '../../schemas/json.ts'

const path = '/moment/billing/customers'

// For the document: the guard checks it, after the API key.
const headers = z.object({ 'idempotency-key': z.string().openapi({ description: 'The same key for every retry' }) })
const params = z.object({
  customer: z.string().openapi({ description: 'The id, or the external reference', example: 'INV-2024-001' }),
})

/** Returns the door for clients of Moment's billing API. */
export const momentDoor = (d: ApiDependencies): OpenAPIHono<CallEnv> => createDoor(d, door, [addCreate, addOne])

function addCreate(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    ...common,
    middleware: guard(d, door, 'customers:write'),
    method: 'post',
    path,
    operationId: 'momentCreateCustomer',
    summary: 'Create a customer',
    request: { headers, body: jsonBody(createRequest) },
    responses: { 201: json(createdCustomer, 'Created'), ...refusals },
  })
  app.openapi(route, async (c) => {
    const { customer, started } = await createAtDoor(d, c, toMomentChanges(c.req.valid('json')))
    return c.json({ ...viewCustomer(customer), ...started }, 201)
  })
}

function addOne(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const one = { ...common, path: `${path}/{customer}` as const }
  const get = createRoute({
    ...one,
    middleware: guard(d, door, 'customers:read'),
    method: 'get',
    operationId: 'momentGetCustomer',
    summary: 'Retrieve a customer by id or external reference',
    request: { params },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(get, async (c) => c.json(viewCustomer(await findAtDoor(d, c, c.req.valid('param').customer)), 200))

  const update = createRoute({
    ...one,
    middleware: guard(d, door, 'customers:write'),
    method: 'patch',
    operationId: 'momentUpdateCustomer',
    summary: 'Update a customer',
    request: { params, body: jsonBody(updateRequest) },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(update, async (c) => {
    const { id } = await findAtDoor(d, c, c.req.valid('param').customer)
    return c.json(viewCustomer(await updateAtDoor(d, c, id, toMomentChanges(c.req.valid('json')))), 200)
  })
}
