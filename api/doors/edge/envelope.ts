import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Failure } from '../../../domain/failure/failures.ts'
import { asFailure } from '../../errors/failures.ts'
import { httpStatus } from '../../errors/http-status.ts'

export const edgeError = z
  .object({ status: z.literal('error'), errors: z.array(z.string()), billing_customer_id: z.string().optional() })
  .openapi('EdgeError', { example: { status: 'error', errors: ['initial_amount: must be at least 15.00 USD'] } })

/** Writes a refusal as the edge documents do, with a proper HTTP status (docs/doors/edge.md). */
export function edgeRefusal(c: Context, failure: Failure, extra: Record<string, string> = {}) {
  const text = failure.param ? `${failure.param}: ${failure.message}` : failure.message
  if (failure.retryAfter !== undefined) c.header('Retry-After', String(failure.retryAfter))
  return c.json(
    { status: 'error' as const, errors: [text], ...extra },
    // The documents know no 422.
    (failure.code === 'idempotency_mismatch' ? 409 : httpStatus[failure.code]) as ContentfulStatusCode,
  )
}

/** Answers what went wrong anywhere behind the door; a bug is logged, and the caller is told an id. */
export function edgeOnError(error: unknown, c: Context, reportBug: (error: unknown) => string) {
  const failure = asFailure(error)
  if (failure) return edgeRefusal(c, failure)
  return c.json({ status: 'error' as const, errors: [`internal error, reported as ${reportBug(error)}`] }, 500)
}

/** One line per wrong field: its path and what would be right. */
export const edgeErrors = ({ fields }: Failure): string[] => fields.map(({ param, message }) => `${param}: ${message}`)
