import type { Context, MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { Failure } from '../../domain/failure/failures.ts'
import { allows, type Scope } from '../../domain/tenant/scopes.ts'
import { checkAddress } from './address.ts'
import { authenticate, type Caller } from './auth.ts'
import { hasBody, limitBody, readJsonObject } from './body.ts'
import type { CallEnv } from './call-env.ts'
import { refuseCardNumbers, refuseCardNumbersInQuery } from './card-numbers.ts'
import { deadline } from './deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { addLogFields } from '../../runtime/log-context.ts'
import { countFailing } from './limits/failing-calls.ts'
import { idempotent, type KeyRule } from './idempotency.ts'
import { inTurn } from './limits/list-turns.ts'
import { countCall } from './limits/rate-limit.ts'

/** The credential and the idempotency keys of a door. */
export interface DoorRules {
  /** Unique and permanent: idempotency keys are stored per door under this name. */
  name: string
  /** Returns the API key of a call. */
  credential(c: Context): unknown
  /** The field that errors about the credential name. */
  credentialParam?: string
  /** The challenge of a 401 (RFC 9110, section 11.6.1). Default: that of Bearer tokens. */
  challenge?: string
  idempotencyKey?: KeyRule
}

export interface RouteKind {
  /** Whether the call returns a list, or costs as much. An organization makes one such call at a time. */
  list?: boolean
  /** Whether the call has query parameters, which its schema validates. All other calls reject any. */
  query?: boolean
}

/** Returns the key in `Authorization: Bearer …`. */
export const bearerKey = (c: Context): string | undefined =>
  /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]

export const bearerChallenge = 'Bearer realm="billing-onboarding"'

/**
 * Returns the caller. Throws like `authenticate`, but `too_many_requests` instead of `unauthorized` if the address sent
 * too many invalid keys.
 */
async function requireCaller(d: ApiDependencies, c: Context<CallEnv>, door: DoorRules): Promise<Caller> {
  const key = await door.credential(c)
  try {
    return await authenticate(d, key, door.credentialParam)
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'unauthorized')) throw error
    // A call without a key caused no query, so it is not counted.
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
 * Throws like `authenticate` if the key of a call has ended meanwhile. A call that waits or streams asks before each
 * part that it returns or stores: a revocation would otherwise not apply to it for minutes.
 */
export async function requireStillValid(d: ApiDependencies, c: Context, door: DoorRules): Promise<void> {
  await authenticate(d, await door.credential(c), door.credentialParam)
}

const identifyCaller =
  (d: ApiDependencies, door: DoorRules): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    const caller = await requireCaller(d, c, door)
    c.set('caller', caller)
    addLogFields({ organization: caller.organizationId, environment: caller.environment })
    await next()
  }

const limitCalls =
  (d: ApiDependencies): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    await countCall(d, c, c.get('caller'))
    await next()
  }

const requireScope =
  (scope: Scope): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    if (!allows(c.get('caller').scopes, scope)) throw new Failure('forbidden', `the API key lacks the scope ${scope}`)
    await next()
  }

const validateAddress =
  (query: boolean): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    checkAddress(c, { query })
    await next()
  }

const validateBody: MiddlewareHandler<CallEnv> = async (c, next) => {
  if (hasBody(c)) await readJsonObject(c)
  await next()
}

const rejectCardNumbers =
  (d: ApiDependencies): MiddlewareHandler<CallEnv> =>
  async (c, next) => {
    await refuseCardNumbers(d, c, c.get('caller'))
    await next()
  }

/** The options of an upload are stored with it. */
const rejectCardNumbersInQuery: MiddlewareHandler<CallEnv> = async (c, next) => {
  refuseCardNumbersInQuery(c)
  await next()
}

const oneListAtATime =
  (d: ApiDependencies): MiddlewareHandler<CallEnv> =>
  (c, next) =>
    inTurn(d.state.listTurns, c, next)

/**
 * Returns the middleware of a call that uploads a file. Its body is neither limited nor read here: the call reads it in
 * parts, with its own limits and Idempotency-Key.
 */
export const guardUpload = (d: ApiDependencies, door: DoorRules, scopes: Scope[]): MiddlewareHandler<CallEnv> =>
  every(
    deadline(d),
    identifyCaller(d, door),
    limitCalls(d),
    ...scopes.map(requireScope),
    validateAddress(true),
    rejectCardNumbers(d),
    rejectCardNumbersInQuery,
  )

/** Returns the middleware of a door's call, in the order in which it runs. Each part throws a Failure to reject. */
export const guard = (
  d: ApiDependencies,
  door: DoorRules,
  scope: Scope,
  { list = false, query = false }: RouteKind = {},
): MiddlewareHandler<CallEnv> =>
  every(
    deadline(d),
    limitBody,
    identifyCaller(d, door),
    limitCalls(d),
    requireScope(scope),
    validateAddress(query),
    validateBody,
    rejectCardNumbers(d),
    idempotent(d, { door: door.name, reads: scope.endsWith(':read'), rule: door.idempotencyKey }),
    ...(list ? [oneListAtATime(d)] : []),
  )
