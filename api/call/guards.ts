import type { Context, MiddlewareHandler } from 'hono'
import { Failure } from '../../domain/failure/failures.ts'
import { allows, type Scope } from '../../domain/tenant/scopes.ts'
import { checkAddress } from './address.ts'
import { authenticate, type Caller } from './auth.ts'
import { hasBody, readJsonObject, refuseLargeBody } from './body.ts'
import type { CallEnv } from './call-env.ts'
import { refuseCardNumbers } from './card-numbers.ts'
import { withinDeadline } from './deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { countFailing } from './limits/failing-calls.ts'
import { idempotent, type KeyRule } from './idempotency.ts'
import { inTurn } from './limits/list-turns.ts'
import { countCall } from './limits/rate-limit.ts'

/** How a door takes its credential and its keys. */
export interface DoorRules {
  /** Unique and permanent: idempotency keys are stored per door under this name. */
  name: string
  /** The API key that a call carries. */
  credential(c: Context): unknown
  /** The field that is named where the credential is wrong. */
  credentialParam?: string
  /** The challenge of a 401 (RFC 9110, section 11.6.1); the one of Bearer tokens where it is left out. */
  challenge?: string
  idempotencyKey?: KeyRule
}

export interface RouteKind {
  /** Whether the call answers a list: those wait for their organization's turn. */
  list?: boolean
  /** Whether the call has query parameters, which its schema checks; all are refused of other calls. */
  query?: boolean
}

/** `Authorization: Bearer …`. */
export const bearerKey = (c: Context): string | undefined =>
  /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]

export const bearerChallenge = 'Bearer realm="billing-onboarding"'

/**
 * Finds who calls. Throws as `authenticate`; `too_many_requests` in place of `unauthorized` where the address brought
 * too many wrong keys.
 */
async function requireCaller(d: ApiDependencies, c: Context<CallEnv>, door: DoorRules): Promise<Caller> {
  const key = await door.credential(c)
  try {
    return await authenticate(d, key, door.credentialParam)
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'unauthorized')) throw error
    // Without a key nothing was looked up.
    const retryAfter = key ? await countFailing(d, c) : undefined
    if (retryAfter !== undefined)
      throw new Failure('too_many_requests', 'too many calls with an invalid API key from this address; retry later', {
        retryAfter,
      })
    c.header('WWW-Authenticate', door.challenge ?? bearerChallenge)
    throw error
  }
}

/**
 * What a call of a door passes through before its handler, in this order; each throws a Failure. One handler for the
 * router, as each costs a call more.
 */
export const guard = (
  d: ApiDependencies,
  door: DoorRules,
  scope: Scope,
  { list = false, query = false }: RouteKind = {},
): MiddlewareHandler<CallEnv> => {
  const oncePerKey = idempotent(d, { door: door.name, reads: scope.endsWith(':read'), rule: door.idempotencyKey })
  return (c, next) =>
    withinDeadline(d, c, async () => {
      await refuseLargeBody(c)
      const caller = await requireCaller(d, c, door)
      c.set('caller', caller)
      await countCall(d, c, caller)
      if (!allows(caller.scopes, scope)) throw new Failure('forbidden', `the API key lacks the scope ${scope}`)
      checkAddress(c, { query })
      if (hasBody(c)) await readJsonObject(c)
      await refuseCardNumbers(d, c, caller)
      return oncePerKey(c, list ? () => inTurn(d.state.listTurns, c, next) : next)
    })
}
