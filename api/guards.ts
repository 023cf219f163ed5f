import type { Context, MiddlewareHandler } from 'hono'
import { Failure } from '../domain/failures.ts'
import { allows, type Scope } from '../domain/scopes.ts'
import { authenticate } from './auth.ts'
import { limitBody, readJsonObject } from './body.ts'
import type { CallEnv } from './call-env.ts'
import { deadline } from './deadline.ts'
import type { ApiDependencies } from './dependencies.ts'
import { idempotent, type KeyRule } from './idempotency.ts'
import { withinRate } from './rate-limit.ts'

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

/** `Authorization: Bearer …`. */
export const bearerKey = (c: Context): string | undefined =>
  /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]

const authenticated =
  (d: ApiDependencies, door: DoorRules): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    c.set('caller', await authenticate(d, await door.credential(c), door.credentialParam))
    await next()
  }

const inScope =
  (scope: Scope): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    if (!allows(c.get('caller').scopes, scope)) throw new Failure('forbidden', `the API key lacks the scope ${scope}`)
    await next()
  }

const wellFormedBody: MiddlewareHandler<CallEnv> = async (c, next) => {
  const hasBody = (c.req.header('Content-Length') ?? '0') !== '0' || c.req.header('Transfer-Encoding') !== undefined
  if (c.req.method !== 'GET' && hasBody) await readJsonObject(c)
  await next()
}

/** What a call of a door passes through before its handler, in this order; each throws a Failure. */
export const guardsOf = (d: ApiDependencies, door: DoorRules, scope: Scope): MiddlewareHandler<CallEnv>[] => [
  deadline(d),
  limitBody,
  authenticated(d, door),
  withinRate(d),
  inScope(scope),
  wellFormedBody,
  idempotent(d, door.name, door.idempotencyKey),
]
