import type { Context, MiddlewareHandler } from 'hono'
import { Failure } from '../domain/failures.ts'
import { allows, type Scope } from '../domain/scopes.ts'
import { authenticate } from './auth.ts'
import { readJsonObject, refuseLargeBody } from './body.ts'
import type { CallEnv } from './call-env.ts'
import { withinDeadline } from './deadline.ts'
import type { ApiDependencies } from './dependencies.ts'
import { idempotent, type KeyRule } from './idempotency.ts'
import { inTurn } from './list-turns.ts'
import { countCall } from './rate-limit.ts'

/** How a door takes its credential and its keys. */
export interface DoorRules {
  /** Keys of one door say nothing at another. */
  name: 'native' | 'edge' | 'billing-io' | 'moment' | 'flexprice'
  /** The API key that a call carries. */
  credential(c: Context): unknown
  /** The field that is named where the credential is wrong. */
  credentialParam?: string
  idempotencyKey?: KeyRule
}

export interface RouteKind {
  /** Whether the call answers a list: those wait for their organization's turn. */
  list?: boolean
}

/** `Authorization: Bearer …`. */
export const bearerKey = (c: Context): string | undefined =>
  /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]

const hasBody = (c: Context): boolean =>
  c.req.method !== 'GET' &&
  ((c.req.header('Content-Length') ?? '0') !== '0' || c.req.header('Transfer-Encoding') !== undefined)

/**
 * What a call of a door passes through before its handler, in this order; each throws a Failure. One handler for the router,
 * as each costs a call more.
 */
export const guard = (
  d: ApiDependencies,
  door: DoorRules,
  scope: Scope,
  { list = false }: RouteKind = {},
): MiddlewareHandler<CallEnv> => {
  const oncePerKey = idempotent(d, { door: door.name, reads: scope.endsWith(':read'), rule: door.idempotencyKey })
  return (c, next) =>
    withinDeadline(d, c, async () => {
      await refuseLargeBody(c)
      const caller = await authenticate(d, await door.credential(c), door.credentialParam)
      c.set('caller', caller)
      await countCall(d, c, caller)
      if (!allows(caller.scopes, scope)) throw new Failure('forbidden', `the API key lacks the scope ${scope}`)
      if (c.get('body') === undefined && hasBody(c)) await readJsonObject(c)
      return oncePerKey(c, list ? () => inTurn(d, c, next) : next)
    })
}
