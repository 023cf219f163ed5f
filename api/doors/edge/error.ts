import { z } from '@hono/zod-openapi'
import type { WrongField } from '../../../domain/failure/failures.ts'
import type { DoorError } from '../door.ts'

const schema = z
  .object({ status: z.literal('error'), errors: z.array(z.string()), billing_customer_id: z.string().optional() })
  .openapi('EdgeError', { example: { status: 'error', errors: ['initial_amount: must be at least 15.00 USD'] } })

const toLine = ({ param, message }: WrongField) => `${param}: ${message}`

/** Returns the body for a request that its schema rejects: one line for each invalid field. */
export const invalidBody = (fields: WrongField[]) => ({ status: 'error' as const, errors: fields.map(toLine) })

/** Errors of the edge documents, with their proper HTTP status (docs/doors/edge.md). */
export const edgeError: DoorError = {
  schema,
  mediaType: 'application/json',
  body: ({ message, fields: [first], billingCustomerId, reportedAs }) => ({
    status: 'error',
    errors: [reportedAs ? `internal error, reported as ${reportedAs}` : first ? toLine(first) : message],
    ...(billingCustomerId ? { billing_customer_id: billingCustomerId } : {}),
  }),
}
