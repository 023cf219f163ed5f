import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ConflictCode, Deletion, WrongField } from '../../domain/failure/failures.ts'
import type { Logger } from '../../runtime/log.ts'
import { asFailure } from './failures.ts'
import { httpStatus, type RefusalCode } from './http-status.ts'
import { reportBug } from './report-bug.ts'

/** An error of a call, which each door writes in the terms of its own documentation. */
export interface Refusal {
  code: RefusalCode
  /** The reason of the conflict, if `code` is `conflict`. */
  conflict: ConflictCode | undefined
  status: ContentfulStatusCode
  message: string
  /** Every invalid field; empty if no field is invalid. */
  fields: WrongField[]
  /** The id of the conflicting object, in the native form. */
  existingId: string | undefined
  /** The billing customer that the call was about. */
  billingCustomerId: string | undefined
  /** The deletion of the customer that the call was about, if that is why it failed. */
  deletion: Deletion | undefined
  /** The request id under which a bug was logged, if `code` is `internal`. */
  reportedAs: string | undefined
}

/** HTTP statuses of a door that differ from `httpStatus`, by code or by reason of a conflict. */
export type OwnStatuses = Partial<Record<RefusalCode | ConflictCode, ContentfulStatusCode>>

/** Returns the refusal for an error that was thrown anywhere in a call. Logs bugs, and sets `Retry-After`. */
export function toRefusal(log: Logger, c: Context, error: unknown, own: OwnStatuses = {}): Refusal {
  const failure = asFailure(error)
  if (!failure) return internal(reportBug(log, c, error))
  const { code, conflict, message, fields, retryAfter } = failure
  const { existingId, billingCustomerId, deletion } = failure
  if (retryAfter !== undefined) c.header('Retry-After', String(retryAfter))
  const status = (conflict && own[conflict]) ?? own[code] ?? httpStatus[code]
  const about = { existingId, billingCustomerId, deletion }
  return { code, conflict, status, message, fields, ...about, reportedAs: undefined }
}

const internal = (reportedAs: string): Refusal => ({
  code: 'internal',
  conflict: undefined,
  status: httpStatus.internal,
  message: `an internal error occurred; it was logged as ${reportedAs}`,
  fields: [],
  existingId: undefined,
  billingCustomerId: undefined,
  deletion: undefined,
  reportedAs,
})

/** Returns one sentence for all invalid fields: `email must be an email address; name is required`. */
export const sentence = ({ message, fields }: Pick<Refusal, 'message' | 'fields'>): string =>
  fields.length === 0 ? message : fields.map((field) => `${field.param} ${field.message}`).join('; ')
