import { bearerKey } from '../../call/guards.ts'
import { refusalsOf, type Door } from '../door.ts'
import { momentError } from './error.ts'

/** Moment's billing API: Bearer key, required Idempotency-Key, problems. */
export const door: Door = {
  name: 'moment',
  bases: ['/moment'],
  credential: bearerKey,
  idempotencyKey: { required: true, pattern: /^[a-zA-Z0-9-]{1,255}$/, rule: '1 to 255 letters, digits and -' },
  error: momentError,
}

export const refusals = refusalsOf(door, { 422: 'The Idempotency-Key belongs to another request' })
export const common = { tags: ['Moment'], security: [{ secretKey: [] }] }
