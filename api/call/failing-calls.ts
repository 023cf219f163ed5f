import type { Context } from 'hono'
import { RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from '../../store/database/database.ts'
import { addressHash } from './client-address.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { postgresLimiter } from './rate-limit.ts'

// Calls without a valid credential, counted by address. A valid key or a genuine event is recognized first and is never
// counted nor refused, so that nobody is locked out by a neighbor.

const window = 60
/** Addresses that one process tells apart in a minute; those beyond share one count. */
const mostAddresses = 10_000

/** Counts one call of an address. Returns the seconds to wait where it is above the limit; undefined otherwise. */
type Count = (address: string) => Promise<number | undefined>
const counters = new WeakMap<ApiDependencies, Count>()

const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000))

/** Counts within this process. The memory is bounded, however many addresses an attacker has. */
export function countInMemory(limit: number): Count {
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

/** Counts across processes. An address above the limit is remembered here and costs no more statements meanwhile. */
function countInPostgres(database: Database, points: number): Count {
  const limiter = postgresLimiter(database, { points, duration: window, inMemoryBlockOnConsumed: points + 1 })
  return async (address) => {
    try {
      await limiter.consume(`address ${address}`)
      return undefined
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return seconds(refused.msBeforeNext)
      throw refused
    }
  }
}

function counterOf(d: ApiDependencies): Count {
  const { store, failuresPerMinute } = d.rateLimit
  const made = counters.get(d)
  if (made) return made
  const counter = store === 'memory' ? countInMemory(failuresPerMinute) : countInPostgres(d.database, failuresPerMinute)
  counters.set(d, counter)
  return counter
}

/** Returns what tells apart the addresses that calls come from. */
export const senderOf = (d: ApiDependencies, c: Context): string => addressHash(c, d) ?? 'this machine'

/**
 * Counts a call that failed for want of a valid credential. Returns the seconds to wait where its address made more of
 * them than `failuresPerMinute`; undefined otherwise.
 */
export const countFailing = (d: ApiDependencies, c: Context): Promise<number | undefined> =>
  counterOf(d)(senderOf(d, c))
