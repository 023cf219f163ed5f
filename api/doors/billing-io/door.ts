import { bearerKey } from '../../call/guards.ts'
import { refusalsOf, type Door } from '../door.ts'
import { billingIoError } from './error.ts'

/** The API of billing.io: Bearer key, `{error: {type, code, message, param}}`. */
export const door: Door = {
  name: 'billing-io',
  bases: ['/billing-io'],
  credential: bearerKey,
  // The documents have 409 for idempotency keys only, and no 422.
  statuses: { conflict: 400, idempotency_mismatch: 409 },
  error: billingIoError,
}

export const refusals = refusalsOf(door)
export const common = { tags: ['billing.io'], security: [{ secretKey: [] }] }
