import type { Context } from 'hono'
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
  type IRateLimiterStoreOptions,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible'
import { Failure } from '../../../domain/failure/failures.ts'
import type { Database } from '../../../store/database/database.ts'
import type { Caller } from '../auth.ts'
import type { CallEnv } from '../call-env.ts'

const window = 60

export interface RateLimit {
  /** `memory` counts per API process. `postgres` counts across all processes, at the cost of a statement per call. */
  store: 'memory' | 'postgres'
  /** Calls per API key. */
  perMinute: number
  /** Calls with an invalid API key, and events without a valid signature, per network address. */
  failuresPerMinute: number
}

/** Counts the calls of each key. */
export type KeyLimiter = RateLimiterAbstract

/** Returns a limiter with no calls counted. */
export function createKeyLimiter(database: Database, { store, perMinute: points }: RateLimit): KeyLimiter {
  const options = { points, duration: window }
  return store === 'memory' ? new RateLimiterMemory({ ...options, keyPrefix: '' }) : postgresLimiter(database, options)
}

/** Returns a limiter that counts in the table `rate_limits`, across all processes. */
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
    // The worker's housekeeping does it, every minute.
    clearExpiredByTimeout: false,
  })

/** Adapts the pool to the client that the limiter expects. */
const clientOf = (database: Database) => ({
  query: async ({ text, values }: { text: string; values: never[] }) => ({
    rows: await database.unsafe(text, values, { prepare: true }),
  }),
})

interface Dependencies {
  rateLimit: RateLimit
  state: { keyLimiter: KeyLimiter }
}

/**
 * Counts a call of a key. Throws `too_many_requests` above the limit. Every response has the headers of
 * draft-ietf-httpapi-ratelimit-headers, with the number of calls left.
 */
export async function countCall(d: Dependencies, c: Context<CallEnv>, { id }: Caller): Promise<void> {
  const spent = await spend(d.state.keyLimiter, id)
  const seconds = Math.max(1, Math.ceil(spent.msBeforeNext / 1000))
  const left = Math.max(0, spent.remainingPoints)
  c.set('rate', { limit: d.rateLimit.perMinute, left, seconds })
  c.header('RateLimit-Policy', `"key";q=${d.rateLimit.perMinute};w=${window}`)
  c.header('RateLimit', `"key";r=${left};t=${seconds}`)
  if (spent.consumedPoints > d.rateLimit.perMinute)
    throw new Failure('too_many_requests', 'too many calls with this API key; retry later', { retryAfter: seconds })
}

async function spend(limiter: KeyLimiter, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key)
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return refused
    throw refused
  }
}

declare module 'hono' {
  interface ContextVariableMap {
    /** The number of calls that the key has left, for doors with their own headers. */
    rate: { limit: number; left: number; seconds: number }
  }
}
