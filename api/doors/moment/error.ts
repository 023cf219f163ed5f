import { z } from '@hono/zod-openapi'
import { truncate } from '../../../domain/text/truncate.ts'
import { shownPath } from '../../call/card-numbers.ts'
import type { RefusalCode } from '../../errors/http-status.ts'
import { sentence } from '../../errors/refusal.ts'
import type { DoorError } from '../door.ts'

const schema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(z.object({ param: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Every invalid field' }),
  })
  .openapi('MomentProblem', {
    example: {
      type: 'https://billing.example.com/docs/errors#not-found',
      title: 'Not Found',
      status: 404,
      detail: 'Customer not found',
      instance: '/moment/billing/customers/INV-2024-001',
    },
  })

const titles: Record<RefusalCode, string> = {
  invalid_request: 'Bad Request',
  unauthorized: 'Unauthorized',
  payment_declined: 'Payment Declined',
  forbidden: 'Forbidden',
  not_found: 'Not Found',
  method_not_allowed: 'Method Not Allowed',
  conflict: 'Conflict',
  gone: 'Gone',
  too_large: 'Content Too Large',
  unsupported_media_type: 'Unsupported Media Type',
  idempotency_mismatch: 'Unprocessable Content',
  idempotency_in_progress: 'Conflict',
  too_many_requests: 'Too Many Requests',
  unavailable: 'Service Unavailable',
  internal: 'Internal Server Error',
}

/** The anchor of each code in `type`, such as the documented `#not-found`. The page `/docs/errors` has all of them. */
export const momentAnchors = Object.fromEntries(
  Object.entries(titles).map(([code, title]) => [code, title.toLowerCase().replaceAll(' ', '-')]),
) as Record<RefusalCode, string>

/** Returns the name that the documents have for a field. */
const nameOf = (param: string) => param.replace(/^external_id\b/, 'external_reference')

/** Errors of Moment: problems (RFC 9457). */
export const momentError: DoorError = {
  schema,
  mediaType: 'application/problem+json',
  body({ code, status, message, fields }, c, d) {
    const errors = fields.map(({ param, message }) => ({ param: nameOf(param), message }))
    return {
      type: `${d.publicUrl}/docs/errors#${momentAnchors[code]}`,
      title: titles[code],
      status,
      detail: sentence({ message, fields: errors }),
      instance: truncate(shownPath(c), 300),
      ...(errors.length > 0 ? { errors } : {}),
    }
  },
}
