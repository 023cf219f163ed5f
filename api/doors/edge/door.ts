import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { Failure } from '../../../domain/failure/failures.ts'
import type { Scope } from '../../../domain/tenant/scopes.ts'
import type { Caller } from '../../call/auth.ts'
import { readJsonObject, readUncheckedObject } from '../../call/body.ts'
import type { CallEnv } from '../../call/call-env.ts'
import { guard, type RouteKind } from '../../call/guards.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { wrongFields } from '../../errors/wrong-fields.ts'
import { json, jsonBody } from '../../schemas/json.ts'
import { refusalsOf, type Door } from '../door.ts'
import { edgeError, invalidBody } from './error.ts'

export { checkGateway, requireBrand, usualGatewayOf } from '../../setup/brand-and-gateway.ts'

/** The documents have two paths for each call. Both are served. */
const bases = ['/public/edge', '/apis/public/edge'] as const
const pathsOf = (action: string) => [`${bases[0]}/${action}`, `${bases[1]}/${action}.php`]

/**
 * The API of the edge documents: `api_key` in the body, major units, `{status, data, errors}`. Without a valid key an
 * error says nothing about the other fields.
 */
export const door: Door = {
  name: 'edge',
  bases,
  credential: async (c) => (await readUncheckedObject(c)).api_key,
  credentialParam: 'api_key',
  challenge: 'ApiKey realm="billing-onboarding", in="body", name="api_key"',
  // The documents have no 422.
  statuses: { idempotency_mismatch: 409 },
  error: edgeError,
}

interface Action<Request extends z.ZodType, Answer extends z.ZodType> extends RouteKind {
  name: string
  summary: string
  scope: Scope
  request: Request
  answer: Answer
  handle(c: Context<CallEnv>, body: z.output<Request>, caller: Caller): Promise<z.input<Answer>>
}

const refusals = refusalsOf(door, {
  402: 'The payment method was declined',
  409: 'Conflicts with the current state',
  429: 'Too many declined payment methods, or too many calls; see Retry-After',
})

const operationId = (path: string, name: string) =>
  `edge${name[0]!.toUpperCase()}${name.slice(1)}${path.endsWith('.php') ? 'Php' : ''}`

function describe<Request extends z.ZodType, Answer extends z.ZodType>(path: string, action: Action<Request, Answer>) {
  return createRoute({
    method: 'post',
    path,
    operationId: operationId(path, action.name),
    tags: ['Edge'],
    summary: action.summary,
    request: { body: jsonBody(action.request) },
    responses: { 200: json(action.answer), ...refusals },
  })
}

const isJson = /^application\/([a-z.-]+\+)?json(;\s*[\w-]+=[^;]+)*$/i

/**
 * Adds one documented call at both of its paths. The body is validated here, because the guard has already read it for
 * the API key.
 */
export function addAction<Request extends z.ZodType, Answer extends z.ZodType>(
  app: OpenAPIHono<CallEnv>,
  d: ApiDependencies,
  action: Action<Request, Answer>,
): void {
  for (const path of pathsOf(action.name)) {
    app.openAPIRegistry.registerPath(describe(path, action))
    app.post(path, guard(d, door, action.scope, action), async (c) => {
      if (!isJson.test(c.req.header('Content-Type') ?? ''))
        throw new Failure('unsupported_media_type', 'must be application/json', { param: 'Content-Type' })
      const read = action.request.safeParse(await readJsonObject(c))
      if (!read.success) return c.json(invalidBody(wrongFields(read.error.issues).fields), 400)
      checkOrganization(read.data as { org_id?: string }, c.get('caller'))
      return c.json((await action.handle(c, read.data, c.get('caller'))) as object, 200)
    })
  }
}

/** Rejects any organization other than that of the API key, whether or not it exists. */
function checkOrganization(body: { org_id?: string }, caller: Caller): void {
  if (body.org_id !== undefined && body.org_id !== caller.organizationId) {
    throw new Failure('forbidden', 'is not the organization of this API key', { param: 'org_id' })
  }
}
