import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FailureCode } from '../../../domain/failure/failures.ts'
import { wasRevoked } from '../../../store/tenants/manage-api-keys.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { missing } from '../../schemas/fields.ts'
import { bearerKey } from '../../call/guards.ts'
import { sentence, type Refusal } from '../door.ts'

export const billingIoError = z
  .object({
    error: z.object({ type: z.string(), code: z.string(), message: z.string(), param: z.string().nullable() }),
  })
  .openapi('BillingIoError', {
    example: {
      error: { type: 'invalid_request', code: 'missing_required_field', message: 'email is required', param: 'email' },
    },
  })

/** Type and code of each failure; those that the documents do not name are listed in docs/doors/billing-io.md. */
const words: Record<FailureCode | 'internal', { type: string; code: string; status?: ContentfulStatusCode }> = {
  invalid_request: { type: 'invalid_request', code: 'invalid_field_value' },
  unauthorized: { type: 'authentication_error', code: 'api_key_invalid' },
  payment_declined: { type: 'invalid_request', code: 'payment_declined' },
  forbidden: { type: 'authentication_error', code: 'api_key_not_allowed' },
  not_found: { type: 'not_found', code: 'customer_not_found' },
  method_not_allowed: { type: 'invalid_request', code: 'method_not_allowed' },
  // The documents have 409 for idempotency keys only.
  conflict: { type: 'invalid_request', code: 'invalid_field_value', status: 400 },
  gone: { type: 'not_found', code: 'gone' },
  too_large: { type: 'invalid_request', code: 'body_too_large' },
  unsupported_media_type: { type: 'invalid_request', code: 'unsupported_media_type' },
  idempotency_mismatch: { type: 'idempotency_conflict', code: 'idempotency_key_reused', status: 409 },
  idempotency_in_progress: { type: 'idempotency_conflict', code: 'idempotency_key_in_use' },
  too_many_requests: { type: 'rate_limited', code: 'too_many_requests' },
  unavailable: { type: 'internal_error', code: 'service_unavailable' },
  internal: { type: 'internal_error', code: 'internal_server_error' },
}

/** The code where one failure has several. */
function codeOf(c: Context, { code, conflict, fields: [first] }: Refusal): string {
  if (code === 'unauthorized' && !c.req.header('Authorization')) return 'api_key_missing'
  if (code === 'not_found' && !c.req.param('customer_id')) return 'route_not_found'
  if (code === 'invalid_request' && first?.message === missing) return 'missing_required_field'
  if (code === 'invalid_request' && first?.param === 'limit') return 'invalid_limit'
  // No field is wrong: the documents have no code for that.
  if (conflict && !first) return conflict
  return words[code].code
}

/** Writes a refusal as billing.io's documents do. */
export const writeBillingIoError =
  (d: ApiDependencies) =>
  async (c: Context, refusal: Refusal): Promise<Response> => {
    const { type, status = refusal.status } = words[refusal.code]
    const code = codeOf(c, refusal)
    const param = refusal.fields[0]?.param ?? (code === 'customer_not_found' ? 'customer_id' : null)
    const error = { type, code, message: sentence(refusal), param }
    if (code === 'api_key_invalid' && (await isRevoked(d, c)))
      return c.json({ error: { ...error, code: 'api_key_revoked', message: 'the API key was revoked' } }, status)
    return c.json({ error }, status)
  }

/**
 * Asked of every key that is refused, so that it takes as long for each. A database that is away now makes it one of
 * them.
 */
async function isRevoked(d: ApiDependencies, c: Context): Promise<boolean> {
  const key = bearerKey(c)
  return key !== undefined && wasRevoked(d.database, key).catch(() => false)
}
