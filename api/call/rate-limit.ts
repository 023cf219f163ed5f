import type { Context } from 'hono'
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
  type IRateLimiterStoreOptions,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible'
import { Failure } from '../../domain/failure/failures.ts'
import type { Database } from '../../store/database/database.ts'
import type { Caller } from './auth.ts'
import type { CallEnv } from './call-env.ts'
import type { ApiDependencies } from '../dependencies.ts'

const window = 60

const limiters = new WeakMap<ApiDependencies, RateLimiterAbstract>()

function limiterOf(d: ApiDependencies): RateLimiterAbstract {
  const known = limiters.get(d)
  if (known) return known
  const options = { points: d.rateLimit.perMinute, duration: window }
  const made =
    d.rateLimit.store === 'memory'
      ? new RateLimiterMemory({ ...options, keyPrefix: '' })
      : postgresLimiter(d.database, options)
  limiters.set(d, made)
  return made
}

/** Returns a limiter that counts in the table `rate_limits`, for all processes together. */
export const postgresLimiter = (
  database: Database,
  options: Pick<IRateLimiterStoreOptions, 'points' | 'duration' | 'inMemoryBlockOnConsumed'>,
): RateLimiterAbstract =>
  new RateLimiterPostgres({
    ...options,
    keyPrefix: '',
    storeClient: clientOf(database),
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: true,
  })

/** Adapts our pool to the client that the limiter expects. */
const clientOf = (database: Database) => ({
  query: async ({ text, values }: { text: string; values: never[] }) => ({
    rows: await database.unsafe(text, values, { prepare: true }),
  }),
})

/**
 * Counts the calls of a key. Throws `too_many_requests` above the limit. Every response has the remaining quota in the
 * headers of draft-ietf-httpapi-ratelimit-headers.
 */
export async function countCall(d: ApiDependencies, c: Context<CallEnv>, { id }: Caller): Promise<void> {
  const spent = await spend(limiterOf(d), id)
  const seconds = Math.max(1, Math.ceil(spent.msBeforeNext / 1000))
  const left = Math.max(0, spent.remainingPoints)
  c.set('rate', { limit: d.rateLimit.perMinute, left, seconds })
  c.header('RateLimit-Policy', `"key";q=${d.rateLimit.perMinute};w=${window}`)
  c.header('RateLimit', `"key";r=${left};t=${seconds}`)
  if (spent.consumedPoints > d.rateLimit.perMinute)
    throw new Failure('too_many_requests', 'too many calls with this API key; retry later', { retryAfter: seconds })
}

async function spend(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key)
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return refused
    throw refused
  }
}

declare module 'hono' {
  interface ContextVariableMap {
    /** The key's remaining quota, for doors with other headers. */
    rate: { limit: number; left: number; seconds: number }
  }
}
