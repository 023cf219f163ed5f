import { createRoute, type OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { Failure } from '../../../domain/failure/failures.ts'
import type { Scope } from '../../../domain/tenant/scopes.ts'
import type { Caller } from '../../call/auth.ts'
import { readJsonObject, readUncheckedObject } from '../../call/body.ts'
import type { CallEnv } from '../../call/call-env.ts'
import { guard, type DoorRules, type RouteKind } from '../../call/guards.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { wrongFields } from '../../errors/wrong-fields.ts'
import { edgeError, edgeErrors } from './envelope.ts'

export { checkGateway, requireBrand } from '../../setup/brand-and-gateway.ts'

/** The documents write the same call in two ways; both are served. */
export const bases = ['/public/edge', '/apis/public/edge'] as const
const pathsOf = (action: string) => [`${bases[0]}/${action}`, `${bases[1]}/${action}.php`]

/** The key stands in the body; whoever has none learns nothing about the other fields. */
const rules: DoorRules = {
  name: 'edge',
  credential: async (c) => (await readUncheckedObject(c)).api_key,
  credentialParam: 'api_key',
  challenge: 'ApiKey realm="billing-onboarding", in="body", name="api_key"',
}

interface Action<Request extends z.ZodType, Answer extends z.ZodType> extends RouteKind {
  name: string
  summary: string
  scope: Scope
  request: Request
  answer: Answer
  handle(c: Context<CallEnv>, body: z.output<Request>, caller: Caller): Promise<z.input<Answer> | Response>
}

const refusals = {
  400: 'A field is missing or wrong',
  401: 'The API key is missing or not valid',
  402: 'The payment method was declined',
  403: 'The API key may not do this',
  404: 'Not found',
  409: 'Not possible as things stand',
  413: 'The body is too large',
  415: 'The body is compressed, not in UTF-8, or not JSON',
  429: 'Too many declined payment methods, or too many calls',
  503: 'The service cannot answer now; see Retry-After',
}

const operationId = (path: string, name: string) =>
  `edge${name[0]!.toUpperCase()}${name.slice(1)}${path.endsWith('.php') ? 'Php' : ''}`

function describe<Request extends z.ZodType, Answer extends z.ZodType>(path: string, action: Action<Request, Answer>) {
  const error = (description: string) => ({ description, content: { 'application/json': { schema: edgeError } } })
  return createRoute({
    method: 'post',
    path,
    operationId: operationId(path, action.name),
    tags: ['Edge'],
    summary: action.summary,
    request: { body: { required: true, content: { 'application/json': { schema: action.request } } } },
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: action.answer } } },
      ...Object.fromEntries(Object.entries(refusals).map(([status, text]) => [status, error(text)])),
    } as RouteConfig['responses'],
  })
}

const isJson = /^application\/([a-z.-]+\+)?json(;\s*[\w-]+=[^;]+)*$/i

/**
 * Puts one documented call at both of its paths. Its body is checked here: the guard has read it already, for the key
 * that stands in it.
 */
export function addAction<Request extends z.ZodType, Answer extends z.ZodType>(
  app: OpenAPIHono<CallEnv>,
  d: ApiDependencies,
  action: Action<Request, Answer>,
): void {
  for (const path of pathsOf(action.name)) {
    app.openAPIRegistry.registerPath(describe(path, action))
    app.post(path, guard(d, rules, action.scope, action), async (c) => {
      if (!isJson.test(c.req.header('Content-Type') ?? ''))
        throw new Failure('unsupported_media_type', 'must be application/json', { param: 'Content-Type' })
      const read = action.request.safeParse(await readJsonObject(c))
      if (!read.success) return c.json({ status: 'error', errors: edgeErrors(wrongFields(read.error.issues)) }, 400)
      checkOrganization(read.data as { org_id?: string }, c.get('caller'))
      const answer = await action.handle(c, read.data, c.get('caller'))
      return answer instanceof Response ? answer : c.json(answer as object, 200)
    })
  }
}

/** A key belongs to one organization; naming another one is refused, whether that exists or not. */
function checkOrganization(body: { org_id?: string }, caller: Caller): void {
  if (body.org_id !== undefined && body.org_id !== caller.organizationId) {
    throw new Failure('forbidden', 'is not the organization of this API key', { param: 'org_id' })
  }
}
