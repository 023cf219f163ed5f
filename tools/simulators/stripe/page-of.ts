import type { Input } from './input.ts'

/**
 * Returns the part of a list, newest first, that `limit` and `starting_after` select
 * (docs.stripe.com/api/pagination).
 */
export function pageOf<T extends { id: string }>(all: T[], input: Input): { data: T[]; has_more: boolean } {
  const from = input.starting_after ? all.findIndex(({ id }) => id === input.starting_after) + 1 : 0
  const data = all.slice(from, from + Number(input.limit ?? 10))
  return { data, has_more: from + data.length < all.length }
}
