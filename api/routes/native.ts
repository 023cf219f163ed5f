import { randomUUID } from 'node:crypto'
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Failure, type FailureCode } from '../../domain/failures.ts'
import { authenticate, type Caller } from '../auth.ts'
import { limitBody, readJsonObject } from '../body.ts'
import { deadline } from '../deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../failures.ts'
import { httpStatus } from '../http-status.ts'
import { reportBug } from '../report-bug.ts'

export interface NativeEnv {
  Variables: { caller: Caller }
}

/** A problem after RFC 9457, with what scripts look at: `code`, `param`, `request_id`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    param: z.string().optional(),
    request_id: z.string(),
  })
  .openapi('Problem')

const titles: Record<FailureCode | 'internal', string> = {
  invalid_request: 'The request is not right',
  unauthorized: 'Not authenticated',
  payment_declined: 'The payment method was declined',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Not possible as things stand',
  gone: 'No longer there',
  too_large: 'Too large',
  too_many_requests: 'Too many requests',
  unavailable: 'Not available now',
  internal: 'Internal error',
}

function writeProblem(c: Context, code: FailureCode | 'internal', detail: string, requestId: string, param?: string) {
  const status = code === 'internal' ? 500 : httpStatus[code]
  const body = {
    type: 'about:blank',
    title: titles[code],
    status,
    detail,
    code,
    ...(param ? { param } : {}),
    request_id: requestId,
  }
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, { 'Content-Type': 'application/problem+json' })
}

function nativeOnError(d: ApiDependencies, error: unknown, c: Context) {
  const failure = asFailure(error)
  if (!failure)
    return writeProblem(c, 'internal', 'something went wrong here; it was reported', reportBug(d.log, c, error))
  if (failure.retryAfter !== undefined) c.header('Retry-After', String(failure.retryAfter))
  return writeProblem(c, failure.code, failure.message, `req_${randomUUID()}`, failure.param)
}

/** The native API: Bearer key, snake_case, minor units, problems. */
export function createNativeApp(d: ApiDependencies): OpenAPIHono<NativeEnv> {
  const app = new OpenAPIHono<NativeEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const [issue] = result.error.issues
      const path = issue!.code === 'unrecognized_keys' ? issue!.keys[0] : issue!.path.join('.')
      throw new Failure(
        'invalid_request',
        issue!.code === 'unrecognized_keys' ? 'is not a field of this call' : issue!.message,
        { param: path || 'body' },
      )
    },
  })
  app.onError((error, c) => nativeOnError(d, error, c))
  return app
}

/** Requires a secret key as Bearer, and a JSON object where the call takes a body. */
const bearer =
  (d: ApiDependencies): MiddlewareHandler<NativeEnv> =>
  async (c, next) => {
    const [, key] = /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
    c.set('caller', await authenticate(d.database, key))
    if (c.req.method !== 'GET' && (c.req.header('Content-Length') ?? '0') !== '0') await readJsonObject(c)
    await next()
  }

/** What every native call passes through before its own handler. */
export const guards = (d: ApiDependencies): MiddlewareHandler<NativeEnv>[] => [deadline, limitBody, bearer(d)]

const error = (description: string) => ({ description, content: { 'application/problem+json': { schema: problem } } })

/** The refusals that every native call can answer. */
export const nativeRefusals = {
  400: error('A field is missing or wrong'),
  401: error('The API key is missing or not valid'),
  403: error('The API key may not do this'),
  404: error('Not found'),
  409: error('Not possible as things stand'),
  503: error('The service cannot answer now; see Retry-After'),
}

export const json = <Schema extends z.ZodType>(schema: Schema, description = 'Done') => ({
  description,
  content: { 'application/json': { schema } },
})
export const security = [{ secretKey: [] }]
export const idParam = (example: string) => z.object({ id: z.string().min(1).max(64).openapi({ example }) })
