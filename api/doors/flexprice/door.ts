import { bearerChallenge, bearerKey } from '../../call/guards.ts'
import { refusalsOf, type Door } from '../door.ts'
import { flexpriceError } from './error.ts'

/** The API of FlexPrice: `x-api-key`, flat errors. Some of its documents send the key as a Bearer token. */
export const door: Door = {
  name: 'flexprice',
  bases: ['/flexprice/v1'],
  credential: (c) => c.req.header('x-api-key') ?? bearerKey(c),
  challenge: `ApiKey realm="billing-onboarding", in="header", name="x-api-key", ${bearerChallenge}`,
  // A conflict is an invalid operation: the customer has dependents, would be its own parent, or no one could pay.
  statuses: { conflict: 400, external_id_taken: 409, idempotency_mismatch: 409 },
  error: flexpriceError,
}

export const refusals = refusalsOf(door)
export const common = { tags: ['FlexPrice'], security: [{ flexpriceKey: [] }] }
