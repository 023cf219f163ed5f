import { OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { invalid } from '../../domain/failure/failures.ts'
import type { CallEnv } from '../call/call-env.ts'
import type { DoorRules } from '../call/guards.ts'
import { paramOf } from '../call/json-text.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { closeDoor } from '../errors/close-door.ts'
import { toRefusal, type OwnStatuses, type Refusal } from '../errors/refusal.ts'
import { throwWrongFields } from '../errors/wrong-fields.ts'

/** A door: one HTTP API of the service, with its own paths, credential and errors. */
export interface Door extends DoorRules {
  /** Every route is below one of these paths. All other paths below them return 404 or 405 as errors of this door. */
  bases: readonly string[]
  /** HTTP statuses that differ from those of the native API. */
  statuses?: OwnStatuses
  error: DoorError
}

/** How a door writes errors. */
export interface DoorError {
  schema: z.ZodType
  mediaType: 'application/json' | 'application/problem+json'
  /** Returns the body of an error response. */
  body(refusal: Refusal, c: Context<CallEnv>, d: ApiDependencies): object | Promise<object>
}

/** Adds routes to the app of a door. */
export type AddRoutes = (app: OpenAPIHono<CallEnv>, d: ApiDependencies) => void

/** Rejects every field of a call that has none. Calls with fields reject unknown ones by their schema. */
const rejectFields: MiddlewareHandler<CallEnv> = async (c, next) => {
  const [name] = Object.keys(c.get('body') ?? {})
  if (name !== undefined) throw invalid(paramOf([name]), 'is not a field of this call')
  await next()
}

type Route = RouteConfig & { middleware?: MiddlewareHandler | MiddlewareHandler[] }
type AddRoute = (route: Route, ...rest: unknown[]) => unknown

/** Makes every route without a body reject fields. Here, so that no route can forget it. */
function withoutIgnoredFields(app: OpenAPIHono<CallEnv>): OpenAPIHono<CallEnv> {
  const add = app.openapi as AddRoute
  const openapi: AddRoute = ({ middleware = [], ...route }, ...rest) => {
    const takesFields = route.method === 'get' || route.request?.body !== undefined
    return add({ ...route, middleware: [middleware, takesFields ? [] : rejectFields].flat() }, ...rest)
  }
  return Object.assign(app, { openapi })
}

/** Returns the app of a door. Whatever is thrown in a call becomes an error response of this door. */
export function createDoor(d: ApiDependencies, door: Door, routes: AddRoutes[]): OpenAPIHono<CallEnv> {
  const app = withoutIgnoredFields(new OpenAPIHono<CallEnv>({ defaultHook: throwWrongFields }))
  app.onError(async (error, c) => {
    const refusal = toRefusal(d.log, c, error, door.statuses)
    const body = JSON.stringify(await door.error.body(refusal, c, d))
    return c.body(body, refusal.status, { 'Content-Type': door.error.mediaType })
  })
  for (const add of routes) add(app, d)
  for (const base of door.bases) closeDoor(app, base)
  return app
}

const refusals = {
  400: 'A field is missing or invalid',
  401: 'The API key is missing or invalid',
  403: 'The API key does not permit this call',
  404: 'Not found',
  409: 'Conflicts with the current state, or the Idempotency-Key is in use',
  413: 'The body is too large',
  415: 'The body is compressed, not in UTF-8, or not JSON',
  429: 'Too many requests; see Retry-After',
  503: 'The service is unavailable; see Retry-After',
}

/** Returns an error response for the OpenAPI document. */
export const refusalOf = ({ error }: Door, description: string) => ({
  description,
  content: { [error.mediaType]: { schema: error.schema } },
})

/** Returns the error responses of every call of a door for the OpenAPI document. `more` adds or replaces texts. */
export function refusalsOf(door: Door, more: Record<number, string> = {}) {
  const described = Object.entries({ ...refusals, ...more }).map(([status, text]) => [status, refusalOf(door, text)])
  return Object.fromEntries(described) as Record<keyof typeof refusals, ReturnType<typeof refusalOf>>
}
