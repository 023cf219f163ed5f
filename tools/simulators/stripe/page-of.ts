import { invalidRequest, missing } from './errors.ts'
import type { Input } from './input.ts'

/**
 * Returns the part of a list, newest first, that `limit` and `starting_after` select
 * (docs.stripe.com/api/pagination). Throws the vendor's errors.
 */
export function pageOf<T extends { id: string }>(all: T[], input: Input): { data: T[]; has_more: boolean } {
  const limit = Number(input.limit ?? 10)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw invalidRequest('Invalid limit: must be between 1 and 100', { param: 'limit' })
  const start = startOf(all, input.starting_after)
  const data = all.slice(start, start + limit)
  return { data, has_more: start + data.length < all.length }
}

function startOf(all: { id: string }[], after: unknown): number {
  if (after === undefined) return 0
  const index = all.findIndex(({ id }) => id === after)
  if (index < 0) throw missing('object', String(after), 'starting_after')
  return index + 1
}

type Bounds = Partial<Record<'gt' | 'gte' | 'lt' | 'lte', string>>

/** Returns whether a time of creation, in seconds, is in the range of a list's parameter `created`. */
export function isCreatedIn(created: number, range: Input['created']): boolean {
  if (typeof range === 'string') return created === Number(range)
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = (range ?? {}) as Bounds
  return created > Number(gt) && created >= Number(gte) && created < Number(lt) && created <= Number(lte)
}
