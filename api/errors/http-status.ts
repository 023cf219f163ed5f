import type { FailureCode } from '../../domain/failure/failures.ts'

/** The code of an error; `internal` is a bug of the service. */
export type RefusalCode = FailureCode | 'internal'

/** HTTP status of each error code. A missing code does not compile. */
export const httpStatus = {
  invalid_request: 400,
  unauthorized: 401,
  payment_declined: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media_type: 415,
  // As in draft-ietf-httpapi-idempotency-key-header.
  idempotency_mismatch: 422,
  idempotency_in_progress: 409,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<RefusalCode, number>
