import { z } from '@hono/zod-openapi'
import type { ConflictCode } from '../../../domain/failure/failures.ts'
import type { RefusalCode } from '../../errors/http-status.ts'
import { sentence } from '../../errors/refusal.ts'
import type { DoorError } from '../door.ts'

const schema = z
  .object({
    code: z.string(),
    message: z.string(),
    http_status_code: z.number().int(),
    details: z.record(z.string(), z.string()).openapi({ description: 'Every invalid field and what a valid value is' }),
  })
  .openapi('FlexpriceError', {
    example: {
      code: 'already_exists',
      message: 'external_id is taken by another customer',
      http_status_code: 409,
      details: { external_id: 'is taken by another customer' },
    },
  })

/** Code of each error. docs/doors/flexprice.md lists those that the documents do not have. */
const codes: Record<RefusalCode, string> & Partial<Record<ConflictCode, string>> = {
  invalid_request: 'validation_error',
  unauthorized: 'unauthorized',
  payment_declined: 'payment_declined',
  forbidden: 'permission_denied',
  not_found: 'not_found',
  method_not_allowed: 'method_not_allowed',
  conflict: 'invalid_operation',
  external_id_taken: 'already_exists',
  gone: 'not_found',
  too_large: 'validation_error',
  unsupported_media_type: 'validation_error',
  idempotency_mismatch: 'idempotency_conflict',
  idempotency_in_progress: 'idempotency_conflict',
  too_many_requests: 'too_many_requests',
  unavailable: 'service_unavailable',
  internal: 'internal_error',
}

/** Errors of FlexPrice: one flat object. */
export const flexpriceError: DoorError = {
  schema,
  mediaType: 'application/json',
  body: (refusal) => ({
    code: (refusal.conflict && codes[refusal.conflict]) ?? codes[refusal.code],
    message: sentence(refusal),
    http_status_code: refusal.status,
    details: Object.fromEntries(refusal.fields.map(({ param, message }) => [param, message])),
  }),
}
