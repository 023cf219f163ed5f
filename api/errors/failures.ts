import { HTTPException } from 'hono/http-exception'
import { Failure } from '../../domain/failure/failures.ts'
import { isDatabaseUnavailable } from '../../store/database/database.ts'

/** Returns the Failure for anything that was thrown, or undefined for a bug. */
export function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error
  if (isDatabaseUnavailable(error))
    return new Failure('unavailable', 'the service cannot reach its database; try again', {
      retryAfter: 5,
      cause: error,
    })
  // NUL in a path or a query, which PostgreSQL rejects (22021). Bodies are checked before.
  if ((error as { code?: unknown } | null)?.code === '22021')
    return new Failure('invalid_request', 'must be well-formed Unicode without NUL characters', { param: 'path' })
  if (error instanceof HTTPException && error.status === 413)
    return new Failure('too_large', 'must be at most 1 MB', { param: 'body' })
  if (error instanceof HTTPException && error.status === 400)
    return new Failure('invalid_request', 'must be valid JSON', { param: 'body' })
  if (error instanceof HTTPException && error.status === 415)
    return new Failure('unsupported_media_type', 'must be application/json', { param: 'Content-Type' })
  return undefined
}
