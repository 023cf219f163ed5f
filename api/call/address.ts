import type { Context } from 'hono'
import { invalid } from '../../domain/failure/failures.ts'
import { paramOf } from './json-text.ts'

/** The text that percent-encoding stands for; undefined where it is not UTF-8, or holds NUL. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text)
    return plain.includes('\u0000') ? undefined : plain
  } catch {
    return undefined
  }
}

/** A text before and after the first separator in it. */
function splitOnce(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** The query of a call as it was sent, without the question mark. */
export const queryOf = (c: Context): string => splitOnce(c.req.url, '?')[1]

const inQuery = (text: string) => decoded(text.replaceAll('+', ' '))

/**
 * Refuses what cannot be read in the path and the query, and every query parameter of a call that has none. Calls with
 * parameters refuse those that they do not know by their schema.
 */
export function checkAddress(c: Context, { query: takesQuery = false }: { query?: boolean } = {}): void {
  const [path, query] = splitOnce(c.req.url, '?')
  if (decoded(path) === undefined) throw invalid('path', 'must be percent-encoded UTF-8 without NUL')
  for (const pair of query.split('&').filter(Boolean)) {
    const [name, value] = splitOnce(pair, '=')
    const plain = inQuery(name)
    if (plain === undefined) throw invalid('query', 'must be percent-encoded UTF-8 without NUL')
    if (!takesQuery || plain === '__proto__') throw invalid(paramOf([plain]), 'is not a field of this call')
    if (inQuery(value) === undefined) throw invalid(paramOf([plain]), 'must be percent-encoded UTF-8 without NUL')
  }
}
