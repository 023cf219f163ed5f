import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FailureCode } from '../../../domain/failure/failures.ts'
import { sentence, type Refusal } from '../door.ts'

export const flexpriceError = z
  .object({
    code: z.string(),
    message: z.string(),
    http_status_code: z.number().int(),
    details: z.record(z.string(), z.string()).openapi({ description: 'Every wrong field with what would be right' }),
  })
  .openapi('FlexpriceError', {
    example: {
      code: 'already_exists',
      message: 'external_id is taken by another customer',
      http_status_code: 409,
      details: { external_id: 'is taken by another customer' },
    },
  })

/** Their code of each failure; those that the documents do not name are listed in docs/doors/flexprice.md. */
const words: Record<FailureCode | 'internal', { code: string; status?: ContentfulStatusCode }> = {
  invalid_request: { code: 'validation_error' },
  unauthorized: { code: 'unauthorized' },
  payment_declined: { code: 'payment_declined' },
  forbidden: { code: 'permission_denied' },
  not_found: { code: 'not_found' },
  method_not_allowed: { code: 'method_not_allowed' },
  // The current state stands against the call: it has dependents, would be its own parent, or nobody could pay.
  conflict: { code: 'invalid_operation', status: 400 },
  gone: { code: 'not_found' },
  too_large: { code: 'validation_error' },
  unsupported_media_type: { code: 'validation_error' },
  idempotency_mismatch: { code: 'idempotency_conflict', status: 409 },
  idempotency_in_progress: { code: 'idempotency_conflict' },
  too_many_requests: { code: 'too_many_requests' },
  unavailable: { code: 'service_unavailable' },
  internal: { code: 'internal_error' },
}

/** Writes a refusal as FlexPrice does: one flat object. */
export function writeFlexpriceError(c: Context, refusal: Refusal): Response {
  const isTaken = refusal.code === 'conflict' && refusal.fields[0]?.param === 'external_id'
  const { code, status = refusal.status } = isTaken
    ? { code: 'already_exists', status: 409 as const }
    : words[refusal.code]
  const details = Object.fromEntries(refusal.fields.map(({ param, message }) => [param, message]))
  return c.json({ code, message: sentence(refusal), http_status_code: status, details }, status)
}
