import type { Context } from 'hono'
import { RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from '../../../store/database/database.ts'
import { hashAddress, type AddressDependencies } from './client-address.ts'
import { postgresLimiter, type RateLimit } from './rate-limit.ts'

// Calls without a valid credential, counted by address. A valid key or a genuine event is checked first, and is neither
// counted nor refused: a neighbor at the same address cannot lock anyone out.

const window = 60
/** Addresses that one process counts separately in a minute; further ones share one count. */
const mostAddresses = 10_000

/** Counts one call of an address. Returns the seconds to wait if it exceeds the limit, or undefined. */
export type CountFailure = (address: string) => Promise<number | undefined>

/** Returns a counter with no calls counted. */
export const createFailureCounter = (database: Database, { store, failuresPerMinute }: RateLimit): CountFailure =>
  store === 'memory' ? countInMemory(failuresPerMinute) : countInPostgres(database, failuresPerMinute)

const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000))

/** Counts within this process. Its memory is bounded, even if an attacker has many addresses. */
export function countInMemory(limit: number): CountFailure {
  const counts = new Map<string, number>()
  let ends = 0
  return async (address) => {
    const now = performance.now()
    if (now >= ends) {
      counts.clear()
      ends = now + window * 1000
    }
    const key = counts.has(address) || counts.size < mostAddresses ? address : 'others'
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count > limit ? seconds(ends - now) : undefined
  }
}

/**
 * Counts across processes. An address above the limit is also kept in memory, and then needs no more statements.
 * Addresses whose hashes begin alike share a row, so that there are at most 262,144 rows, whoever calls.
 */
function countInPostgres(database: Database, points: number): CountFailure {
  const limiter = postgresLimiter(database, { points, duration: window, inMemoryBlockOnConsumed: points + 1 })
  return async (address) => {
    try {
      await limiter.consume(`address ${address.slice(0, 3)}`)
      return undefined
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return seconds(refused.msBeforeNext)
      throw refused
    }
  }
}

type Dependencies = AddressDependencies & { state: { countFailure: CountFailure } }

/** Returns a text that identifies the address of a call. */
export const senderOf = (d: AddressDependencies, c: Context): string => hashAddress(c, d)?.network ?? 'this machine'

/**
 * Counts a call without a valid credential. Returns the seconds to wait if its address exceeds `failuresPerMinute`, or
 * undefined.
 */
export const countFailing = (d: Dependencies, c: Context): Promise<number | undefined> =>
  d.state.countFailure(senderOf(d, c))
