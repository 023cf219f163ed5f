import { OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ConflictCode, FailureCode, WrongField } from '../../domain/failure/failures.ts'
import type { CallEnv } from '../call/call-env.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../errors/failures.ts'
import { httpStatus } from '../errors/http-status.ts'
import { reportBug } from '../errors/report-bug.ts'
import { wrongFields } from '../errors/wrong-fields.ts'

/** What a door is to say in its own words. */
export interface Refusal {
  code: FailureCode | 'internal'
  /** As the native API has it; a door whose documents say otherwise writes another. */
  status: ContentfulStatusCode
  message: string
  /** What stands against the request, where `code` is `conflict`: the code of the native API. */
  conflict?: ConflictCode | undefined
  /** What is wrong with which field; empty where it is no field's fault. */
  fields: WrongField[]
}

/** A door as an app of its own: all that is refused below it, by whatever part, is written by `write`. */
export function createDoor(d: ApiDependencies, write: (c: Context, refusal: Refusal) => Response | Promise<Response>) {
  const app = new OpenAPIHono<CallEnv>({
    defaultHook: (result) => {
      if (!result.success) throw wrongFields(result.error.issues)
    },
  })
  app.onError((error, c) => write(c, toRefusal(d, c, error)))
  return app
}

function toRefusal(d: ApiDependencies, c: Context, error: unknown): Refusal {
  const failure = asFailure(error)
  if (!failure) {
    const message = `something went wrong here; it was reported as ${reportBug(d.log, c, error)}`
    return { code: 'internal', status: 500, message, fields: [] }
  }
  if (failure.retryAfter !== undefined) c.header('Retry-After', String(failure.retryAfter))
  const { code, message, fields, conflict } = failure
  return { code, status: httpStatus[code], message, fields, conflict }
}

/** One sentence over all wrong fields: `email must be an e-mail address; name is required`. */
export const sentence = ({ message, fields }: Pick<Refusal, 'message' | 'fields'>): string =>
  fields.length === 0 ? message : fields.map((field) => `${field.param} ${field.message}`).join('; ')

/** The refusals that every call of a door can answer, for the OpenAPI document. */
export function refusalsOf<Schema extends z.ZodType, Type extends string>(schema: Schema, mediaType: Type) {
  const refusal = (description: string) => ({ description, content: { [mediaType as Type]: { schema } } })
  return {
    400: refusal('A field is missing or wrong'),
    401: refusal('The API key is missing or not valid'),
    403: refusal('The API key may not do this'),
    404: refusal('Not found'),
    409: refusal('Not possible as things stand, or the Idempotency-Key is in use'),
    413: refusal('The body is too large'),
    415: refusal('The body is compressed, not in UTF-8, or not JSON'),
    429: refusal('Too many requests; see Retry-After'),
    503: refusal('The service cannot answer now; see Retry-After'),
  }
}
