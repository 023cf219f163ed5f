import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { wasRevoked } from '../../../store/tenants/manage-api-keys.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { missing } from '../../schemas/fields.ts'
import { bearerKey } from '../../call/guards.ts'
import type { RefusalCode } from '../../errors/http-status.ts'
import { sentence, type Refusal } from '../../errors/refusal.ts'
import type { DoorError } from '../door.ts'

const schema = z
  .object({
    error: z.object({ type: z.string(), code: z.string(), message: z.string(), param: z.string().nullable() }),
  })
  .openapi('BillingIoError', {
    example: {
      error: { type: 'invalid_request', code: 'missing_required_field', message: 'email is required', param: 'email' },
    },
  })

/** Type and code of each error. docs/doors/billing-io.md lists those that the documents do not have. */
const words: Record<RefusalCode, { type: string; code: string }> = {
  invalid_request: { type: 'invalid_request', code: 'invalid_field_value' },
  unauthorized: { type: 'authentication_error', code: 'api_key_invalid' },
  payment_declined: { type: 'invalid_request', code: 'payment_declined' },
  forbidden: { type: 'authentication_error', code: 'api_key_not_allowed' },
  not_found: { type: 'not_found', code: 'customer_not_found' },
  method_not_allowed: { type: 'invalid_request', code: 'method_not_allowed' },
  conflict: { type: 'invalid_request', code: 'invalid_field_value' },
  gone: { type: 'not_found', code: 'gone' },
  too_large: { type: 'invalid_request', code: 'body_too_large' },
  unsupported_media_type: { type: 'invalid_request', code: 'unsupported_media_type' },
  idempotency_mismatch: { type: 'idempotency_conflict', code: 'idempotency_key_reused' },
  idempotency_in_progress: { type: 'idempotency_conflict', code: 'idempotency_key_in_use' },
  too_many_requests: { type: 'rate_limited', code: 'too_many_requests' },
  unavailable: { type: 'internal_error', code: 'service_unavailable' },
  internal: { type: 'internal_error', code: 'internal_server_error' },
}

/** Returns the code of an error; some have several. */
function codeOf(c: Context, { code, conflict, fields: [first] }: Refusal): string {
  if (code === 'unauthorized' && !c.req.header('Authorization')) return 'api_key_missing'
  if (code === 'not_found' && !c.req.param('customer_id')) return 'route_not_found'
  if (code === 'invalid_request' && first?.message === missing) return 'missing_required_field'
  if (code === 'invalid_request' && first?.param === 'limit') return 'invalid_limit'
  // The documents have no code for a conflict without an invalid field.
  if (conflict && !first) return conflict
  return words[code].code
}

/** Errors of billing.io. */
export const billingIoError: DoorError = {
  schema,
  mediaType: 'application/json',
  async body(refusal, c, d) {
    const { type } = words[refusal.code]
    const code = codeOf(c, refusal)
    const param = refusal.fields[0]?.param ?? (code === 'customer_not_found' ? 'customer_id' : null)
    if (code === 'api_key_invalid' && (await isRevoked(d, c)))
      return { error: { type, code: 'api_key_revoked', message: 'the API key was revoked', param } }
    return { error: { type, code, message: sentence(refusal), param } }
  },
}

/**
 * Returns whether the rejected key was revoked. Every rejected key is looked up, so that each takes as long. If the
 * database is not reachable, the key is an invalid one.
 */
async function isRevoked(d: ApiDependencies, c: Context): Promise<boolean> {
  const key = bearerKey(c)
  return key !== undefined && wasRevoked(d.database, key).catch(() => false)
}
