import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { conflictGuide, failureGuide, type Guidance } from '../../../domain/failure/failure-guide.ts'
import type { ConflictCode, FailureCode, WrongField } from '../../../domain/failure/failures.ts'
import type { Scope } from '../../../domain/tenant/scopes.ts'
import { requestIdOf } from '../../call/access-log.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { asFailure } from '../../errors/failures.ts'
import { bearerKey, guard, type DoorRules, type RouteKind } from '../../call/guards.ts'
import { httpStatus } from '../../errors/http-status.ts'
import { reportBug } from '../../errors/report-bug.ts'
import { wrongFields } from '../../errors/wrong-fields.ts'

type NativeCode = FailureCode | ConflictCode | 'internal'
const guides: Record<NativeCode, Guidance> = { ...failureGuide, ...conflictGuide }
/** Each conflict is told by what stands against the request. */
const nativeCodes = (Object.keys(guides) as NativeCode[]).filter((code) => code !== 'conflict')

/** A problem after RFC 9457, with what scripts look at: `code`, `param`, `errors`, `request_id`, `doc_url`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z
      .enum(nativeCodes as [NativeCode, ...NativeCode[]])
      .openapi({ description: 'What went wrong, for programs; docs/errors says what each means' }),
    param: z.string().optional().openapi({ description: 'The first wrong field' }),
    errors: z
      .array(z.object({ param: z.string(), message: z.string() }))
      .optional()
      .openapi({
        description: 'Every wrong field',
      }),
    existing_id: z
      .string()
      .optional()
      .openapi({ description: 'The customer that has the external id, where code is external_id_taken' }),
    request_id: z.string(),
    doc_url: z.string(),
  })
  .openapi('Problem')

interface Said {
  detail: string
  fields?: WrongField[]
  existingId?: string | undefined
  requestId: string
}

function writeProblem(
  c: Context,
  d: ApiDependencies,
  code: NativeCode,
  status: number,
  { detail, fields, existingId, requestId }: Said,
) {
  const url = `${d.publicUrl}/docs/errors#${code}`
  const [first] = fields ?? []
  const body = {
    type: url,
    title: guides[code].title,
    status,
    detail,
    code,
    ...(first ? { param: first.param, errors: fields } : {}),
    ...(existingId === undefined ? {} : { existing_id: existingId }),
    request_id: requestId,
    doc_url: url,
  }
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, { 'Content-Type': 'application/problem+json' })
}

function nativeOnError(d: ApiDependencies, error: unknown, c: Context) {
  const failure = asFailure(error)
  if (!failure)
    return writeProblem(c, d, 'internal', 500, {
      detail: 'something went wrong here; it was reported',
      requestId: reportBug(d.log, c, error),
    })
  if (failure.retryAfter !== undefined) c.header('Retry-After', String(failure.retryAfter))
  const { message, param, fields } = failure
  // Whole sentences stand for themselves, such as what a declined customer is told; of the others the field is the
  // subject.
  const detail = param && /^[a-z]/.test(message) ? `${param}: ${message}` : message
  const said = { detail, fields, existingId: failure.existingId, requestId: requestIdOf(c) }
  return writeProblem(c, d, failure.conflict ?? failure.code, httpStatus[failure.code], said)
}

/** The native API: Bearer key, snake_case, minor units, problems. */
export function createNativeApp(d: ApiDependencies): OpenAPIHono<CallEnv> {
  const app = new OpenAPIHono<CallEnv>({
    defaultHook: (result) => {
      if (!result.success) throw wrongFields(result.error.issues)
    },
  })
  app.onError((error, c) => nativeOnError(d, error, c))
  return app
}

const rules: DoorRules = { name: 'native', credential: bearerKey }

/** What every native call passes through before its own handler. */
export const guards = (d: ApiDependencies, scope: Scope, kind?: RouteKind): MiddlewareHandler<CallEnv> =>
  guard(d, rules, scope, kind)

const error = (description: string) => ({ description, content: { 'application/problem+json': { schema: problem } } })

/** The refusals that every native call can answer. */
export const nativeRefusals = {
  400: error('A field is missing or wrong'),
  401: error('The API key is missing or not valid'),
  403: error('The API key may not do this'),
  404: error('Not found'),
  409: error('Not possible as things stand'),
  413: error('The body is too large'),
  415: error('The body is compressed, not in UTF-8, or not JSON'),
  422: error('The Idempotency-Key belongs to another request'),
  429: error('Too many requests; see Retry-After'),
  503: error('The service cannot answer now; see Retry-After'),
}

/** What calls that try a payment method can answer beside them. */
export const declineRefusal = { 402: error('The payment method was declined; the record stays pending') }

export const replacementDeclineRefusal = {
  402: error('The payment method was declined; the billing customer keeps its status and its payment method'),
}

export const security = [{ secretKey: [] }]
export const idParam = (example: string) => z.object({ id: z.string().min(1).max(64).openapi({ example }) })
