import { z } from '@hono/zod-openapi'
import { conflictGuide } from '../../../domain/failure/conflict-guide.ts'
import { failureGuide, type Guidance } from '../../../domain/failure/failure-guide.ts'
import type { ConflictCode, Deletion } from '../../../domain/failure/failures.ts'
import { requestIdOf } from '../../call/access-log.ts'
import type { RefusalCode } from '../../errors/http-status.ts'
import type { Refusal } from '../../errors/refusal.ts'
import type { DoorError } from '../door.ts'

type NativeCode = RefusalCode | ConflictCode
const guides: Record<NativeCode, Guidance> = { ...failureGuide, ...conflictGuide }
/** A conflict has its reason as the code. */
const nativeCodes = (Object.keys(guides) as NativeCode[]).filter((code) => code !== 'conflict')

/** A time in an error about a deleted customer. */
const deletionTime = (description: string) =>
  z
    .string()
    .openapi({ description: `${description}. Only if code is gone, for a customer` })
    .optional()

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
    deleted_at: deletionTime('When the customer was deleted'),
    erase_at: deletionTime('From when on its personal data is erased').nullable(),
    erased_at: deletionTime('When nothing personal was left; null before').nullable(),
    request_id: z.string(),
    doc_url: z.string(),
  })
  .openapi('Problem')

/** Errors of the native API. */
export const nativeError: DoorError = {
  schema: problem,
  mediaType: 'application/problem+json',
  body(refusal, c, d) {
    const { status, fields, existingId, deletion } = refusal
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
      ...(deletion ? viewDeletion(deletion) : {}),
      request_id: requestIdOf(c),
      doc_url: url,
    }
  },
}

const viewDeletion = ({ deletedAt, eraseAt, erasedAt }: Deletion) => ({
  deleted_at: deletedAt.toISOString(),
  erase_at: eraseAt?.toISOString() ?? null,
  erased_at: erasedAt?.toISOString() ?? null,
})

function detailOf({ code, message, fields: [first] }: Refusal): string {
  // The bug's id is `request_id`.
  if (code === 'internal') return 'an internal error occurred; it was logged'
  // A message in lower case continues the name of its field. Others are whole sentences, such as that of a decline.
  return first && /^[a-z]/.test(message) ? `${first.param}: ${message}` : message
}
