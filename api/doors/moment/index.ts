import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { CallEnv } from '../../call/call-env.ts'
import { closeDoor } from '../../errors/close-door.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { bearerKey, guard, type DoorRules } from '../../call/guards.ts'
import { createAtDoor, findAtDoor, updateAtDoor } from '../../customers/at-doors.ts'
import { createDoor, refusalsOf } from '../door.ts'
import {
  createdCustomer,
  createRequest,
  customerView,
  toMomentChanges,
  updateRequest,
  viewCustomer,
} from './customer.ts'
import { momentProblem, writeMomentProblem } from './problem.ts'
import { json, jsonBody } from '../../schemas/json.ts'

const base = '/moment'
const rules: DoorRules = {
  name: 'moment',
  credential: bearerKey,
  idempotencyKey: { required: true, pattern: /^[a-zA-Z0-9-]{1,255}$/, rule: '1 to 255 letters, digits and -' },
}

const common = { tags: ['Moment'], security: [{ secretKey: [] }] }
const refusals = {
  ...refusalsOf(momentProblem, 'application/problem+json'),
  422: {
    description: 'The Idempotency-Key belongs to another request',
    content: { 'application/problem+json': { schema: momentProblem } },
  },
}
// Checked before, with the key of the caller; here for the document.
const headers = z.object({ 'idempotency-key': z.string().openapi({ description: 'The same key for every retry' }) })
const params = z.object({
  customer: z.string().openapi({ description: 'Our id, or the external reference', example: 'INV-2024-001' }),
})

/** The door for clients of Moment's billing API: Bearer key, required Idempotency-Key, problems. */
export function momentDoor(d: ApiDependencies): OpenAPIHono<CallEnv> {
  const app = createDoor(d, writeMomentProblem(d))
  addCreate(app, d)
  addOne(app, d)
  return closeDoor(app, base)
}

function addCreate(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    ...common,
    middleware: guard(d, rules, 'customers:write'),
    method: 'post',
    path: `${base}/billing/customers`,
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
  const path = `${base}/billing/customers/{customer}` as const
  const get = createRoute({
    ...common,
    middleware: guard(d, rules, 'customers:read'),
    method: 'get',
    path,
    operationId: 'momentGetCustomer',
    summary: 'Read a customer by its id or external reference',
    request: { params },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(get, async (c) => c.json(viewCustomer(await findAtDoor(d, c, c.req.valid('param').customer)), 200))

  const update = createRoute({
    ...common,
    middleware: guard(d, rules, 'customers:write'),
    method: 'patch',
    path,
    operationId: 'momentUpdateCustomer',
    summary: 'Change what is named of a customer',
    request: { params, body: jsonBody(updateRequest) },
    responses: { 200: json(customerView), ...refusals },
  })
  app.openapi(update, async (c) => {
    const { id } = await findAtDoor(d, c, c.req.valid('param').customer)
    return c.json(viewCustomer(await updateAtDoor(d, c, id, toMomentChanges(c.req.valid('json')))), 200)
  })
}
