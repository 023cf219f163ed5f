import { z } from '@hono/zod-openapi'
import { conflictGuide } from '../../../domain/failure/conflict-guide.ts'
import { failureGuide, type Guidance } from '../../../domain/failure/failure-guide.ts'
import type { ConflictCode } from '../../../domain/failure/failures.ts'
import { requestIdOf } from '../../call/access-log.ts'
import type { RefusalCode } from '../../errors/http-status.ts'
import type { Refusal } from '../../errors/refusal.ts'
import type { DoorError } from '../door.ts'

type NativeCode = RefusalCode | ConflictCode
const guides: Record<NativeCode, Guidance> = { ...failureGuide, ...conflictGuide }
/** A conflict has its reason as the code. */
const nativeCodes = (Object.keys(guides) as NativeCode[]).filter((code) => code !== 'conflict')

/** A problem (RFC 9457) with members for programs: `code`, `param`, `errors`, `request_id`, `doc_url`. */
const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z
      .enum(nativeCodes as [NativeCode, ...NativeCode[]])
      .openapi({ description: 'Machine-readable error code; docs/errors explains each' }),
    param: z.string().optional().openapi({ description: 'The first invalid field' }),
    errors: z
      .array(z.object({ param: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Every invalid field' }),
    existing_id: z
      .string()
      .optional()
      .openapi({ description: 'The customer that has the external id, if code is external_id_taken' }),
    request_id: z.string(),
    doc_url: z.string(),
  })
  .openapi('Problem')

/** Errors of the native API. */
export const nativeError: DoorError = {
  schema: problem,
  mediaType: 'application/problem+json',
  body(refusal, c, d) {
    const { status, fields, existingId } = refusal
    const code = refusal.conflict ?? refusal.code
    const url = `${d.publicUrl}/docs/errors#${code}`
    const [first] = fields
    return {
      type: url,
      title: guides[code].title,
      status,
      detail: detailOf(refusal),
      code,
      ...(first ? { param: first.param, errors: fields } : {}),
      ...(existingId === undefined ? {} : { existing_id: existingId }),
      request_id: requestIdOf(c),
      doc_url: url,
    }
  },
}

function detailOf({ code, message, fields: [first] }: Refusal): string {
  // The bug's id is `request_id`.
  if (code === 'internal') return 'an internal error occurred; it was logged'
  // A message in lower case continues the name of its field. Others are whole sentences, such as that of a decline.
  return first && /^[a-z]/.test(message) ? `${first.param}: ${message}` : message
}
