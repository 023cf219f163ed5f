import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { FailureCode } from '../../../domain/failure/failures.ts'
import { truncate } from '../../../domain/text/truncate.ts'
import { shownPath } from '../../call/card-numbers.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { sentence, type Refusal } from '../door.ts'

export const momentProblem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(z.object({ param: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Every wrong field' }),
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

const titles: Record<FailureCode | 'internal', string> = {
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

type Code = keyof typeof titles

/** What `type` ends with for each code: their documents write `#not-found`. `/docs/errors` has all of these anchors. */
export const momentAnchors = Object.fromEntries(
  Object.entries(titles).map(([code, title]) => [code, title.toLowerCase().replaceAll(' ', '-')]),
) as Record<Code, string>

/** Their names of fields that are called otherwise here. */
const nameOf = (param: string) => param.replace(/^external_id\b/, 'external_reference')

/** Writes a refusal as Moment's documents do: a problem after RFC 9457. */
export const writeMomentProblem =
  (d: ApiDependencies) =>
  (c: Context, { code, status, message, fields }: Refusal): Response => {
    const errors = fields.map(({ param, message }) => ({ param: nameOf(param), message }))
    const body = {
      type: `${d.publicUrl}/docs/errors#${momentAnchors[code]}`,
      title: titles[code],
      status,
      detail: sentence({ message, fields: errors }),
      instance: truncate(shownPath(c), 300),
      ...(errors.length > 0 ? { errors } : {}),
    }
    return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
  }
