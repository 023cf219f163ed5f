import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { byApiKey, type CallAuthor } from '../../domain/events/author.ts'
import { Failure, invalid } from '../../domain/failure/failures.ts'
import { throwFirstTryEnded } from '../../domain/failure/first-try-ended.ts'
import type { Kind } from '../../domain/text/ids.ts'
import { mayHaveLinks } from '../../domain/tenant/scopes.ts'
import {
  releaseKey,
  storeResponse,
  reserveKey,
  type IdempotencyKey,
  type StoredResponse,
} from '../../store/tenants/idempotency-keys.ts'
import { idFrom, newId, newUuid } from '../../store/database/new-id.ts'
import { isRecorded } from '../../store/events/events.ts'
import { queryOf } from './address.ts'
import type { CallEnv } from './call-env.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { readAnswer, writeAnswer } from './stored-answers.ts'

/** The rule for a door's idempotency keys. Default: 1 to 255 visible ASCII characters, not required. */
export interface KeyRule {
  required: boolean
  pattern: RegExp
  rule: string
}

const anyKey: KeyRule = { required: false, pattern: /^[\x21-\x7e]{1,255}$/, rule: '1 to 255 visible ASCII characters' }

declare module 'hono' {
  interface ContextVariableMap {
    /** The ids of the objects that a call with a key creates are derived from this id. */
    reservedId: string | undefined
    /** When a call with a key was first made, if this is not the first time. */
    firstTryAt: Date | undefined
    /** Whether the response of a call with a key is stored. Default: only a success is. */
    isOutcome: boolean | undefined
  }
}

/** Returns the id for a new object. A retry with the same key gets the same id, and finds the object if it exists. */
export const createdId = (c: Context, kind: Kind): string => {
  const reserved = c.get('reservedId')
  return reserved ? idFrom(kind, reserved) : newId(kind)
}

/** Returns who makes the change of a call, for its event. */
export const authorOf = (c: Context<CallEnv>): CallAuthor => ({
  ...byApiKey(c.get('caller').id),
  eventId: createdId(c, 'event'),
})

/** Returns whether a call repeats one whose change was made by `authorOf`, and whose response was lost. */
export const isAppliedCall = async (d: ApiDependencies, c: Context<CallEnv>): Promise<boolean> =>
  c.get('firstTryAt') !== undefined && isRecorded(d.database, createdId(c, 'event'))

/** Returns the key of a call, or undefined. Throws `invalid_request` if it is required but missing, or invalid. */
export function keyOf(c: Context, { required, pattern, rule }: KeyRule = anyKey): string | undefined {
  const key = c.req.header('Idempotency-Key')
  if (key === undefined && !required) return undefined
  if (key === undefined) throw invalid('Idempotency-Key', `is required: ${rule}`)
  if (!pattern.test(key)) throw invalid('Idempotency-Key', `must be ${rule}`)
  return key
}

/** Returns a JSON value with sorted names. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, canonical(inner)]),
  )
}

/**
 * Returns a hash of method, path, query and body, without the credential that a body can contain: a request with a
 * rotated key is the same request.
 */
function hashOf(c: Context): Buffer {
  const said = { ...c.get('body') }
  delete said.api_key
  const query = queryOf(c)
  return createHash('sha256')
    .update(JSON.stringify([c.req.method, c.req.path, canonical(said), ...(query ? [query] : [])]))
    .digest()
}

/** How a route handles keys. */
interface KeyedRoute {
  door: string
  /** Whether the call only reads. Then no response is stored, and a repeat reads again. */
  reads: boolean
  rule?: KeyRule | undefined
}

/**
 * Returns the stored response of a POST to a repeat with the same `Idempotency-Key`, for 24 hours. Rejections are not
 * stored: the call could succeed later, so it runs again. Throws `idempotency_mismatch` for another request with the
 * key, and `idempotency_in_progress` while the first request is running.
 */
export const idempotent =
  (d: ApiDependencies, { door, reads, rule = anyKey }: KeyedRoute): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    const key = c.req.method === 'POST' ? keyOf(c, rule) : undefined
    if (key === undefined) return next()
    const { organizationId, environment } = c.get('caller')
    const keyOfDoor: IdempotencyKey = { organizationId, environment, door, key }
    const wanted = { requestHash: hashOf(c), reservedId: newUuid() }
    const reservation = await reserveKey(d.database, keyOfDoor, wanted)
    if (reservation.outcome === 'replay') {
      // The first request may have used an API key with more permissions.
      if (reservation.answer.link && !mayHaveLinks(c.get('caller').scopes))
        throw new Failure('forbidden', 'the API key lacks the scope billing_customers:write')
      return replay(d, c, reservation.answer)
    }
    if (reservation.outcome === 'other_request')
      throw new Failure('idempotency_mismatch', 'was used with a different request', { param: 'Idempotency-Key' })
    if (reservation.outcome === 'erased') throwFirstTryEnded('something for a customer that was deleted')
    if (reservation.outcome === 'running')
      throw new Failure('idempotency_in_progress', 'is in use by a request that is still running', {
        param: 'Idempotency-Key',
        retryAfter: reservation.retryIn,
      })
    c.set('reservedId', reservation.reservedId)
    if (reservation.try > 1) c.set('firstTryAt', reservation.since)
    await next()
    const isOutcome = !reads && (c.get('isOutcome') ?? c.res.ok)
    const answer = isOutcome ? await readAnswer(d, c) : undefined
    await (answer
      ? storeResponse(d.database, keyOfDoor, reservation.try, answer)
      : releaseKey(d.database, keyOfDoor, reservation.try))
  }

async function replay(d: ApiDependencies, c: Context, stored: StoredResponse): Promise<Response> {
  c.header('Idempotent-Replayed', 'true')
  if (stored.contentType) c.header('Content-Type', stored.contentType)
  return c.body(await writeAnswer(d, stored), stored.status as never)
}
